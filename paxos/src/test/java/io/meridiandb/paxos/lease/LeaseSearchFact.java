package io.meridiandb.paxos.lease;

import io.meridiandb.paxos.Ballot;
import java.util.Arrays;

/** What the search over leases has to know of one server: whether it leads, and how far from it. */
final class LeaseSearchFact {
  final boolean[] leads = new boolean[LeaseSearchModel.GROUPS];
  final boolean[] campaigns = new boolean[LeaseSearchModel.GROUPS];
  final boolean[] released = new boolean[LeaseSearchModel.GROUPS];
  final Ballot[] promised = new Ballot[LeaseSearchModel.GROUPS];

  /** In units of ε; 0 if it is over. */
  final int[] leaseLeft = new int[LeaseSearchModel.GROUPS];

  /** In how many units its voter would promise the group to each server. */
  final int[][] freeIn = new int[LeaseSearchModel.GROUPS][LeaseSearchModel.SIZE];

  boolean leaseFromOthers;
  private final Lessee self;

  LeaseSearchFact(Lessee self) {
    this.self = self;
  }

  @Override
  public String toString() {
    return self
        + " "
        + leaseFromOthers
        + Arrays.toString(leads)
        + Arrays.toString(campaigns)
        + Arrays.toString(released)
        + Arrays.toString(promised)
        + Arrays.toString(leaseLeft)
        + Arrays.deepToString(freeIn);
  }

  boolean isLessee(Lessee lessee) {
    return self.equals(lessee);
  }

  boolean isLessee(Ballot ballot) {
    return self.equals(Lessee.of(ballot));
  }

  boolean leadsNow(int group) {
    return leads[group] && leaseLeft[group] > 0;
  }

  /**
   * At least so many steps until both lead the group with leases: every step brings only one of
   * them nearer, by one; what binds a voter that one of them needs falls by a step of its own; and
   * each question and answer on its way has to arrive, else it need not have been asked.
   */
  static int untilBothLead(int one, int other, int group, Object[] facts, int questions) {
    int leases = leaseMissing(one, group, facts) + leaseMissing(other, group, facts);
    return votesMissing(one, group, facts)
        + votesMissing(other, group, facts)
        + Math.max(leases, questions)
        + untilFree(one, other, group, facts);
  }

  private static int leaseMissing(int node, int group, Object[] facts) {
    LeaseSearchFact fact = (LeaseSearchFact) facts[node];
    boolean has = fact.leads[group] ? fact.leaseLeft[group] > 0 : fact.leaseFromOthers;
    return has ? 0 : 1;
  }

  /** Steps until it has the promises of a majority. */
  private static int votesMissing(int node, int group, Object[] facts) {
    LeaseSearchFact fact = (LeaseSearchFact) facts[node];
    if (fact.leads[group]) {
      return 0;
    }
    if (!fact.campaigns[group]) {
      return 3;
    }
    return promisedByAnother(node, group, facts) ? 1 : 2;
  }

  /** Whether a promise for the node's campaign may be on its way. */
  private static boolean promisedByAnother(int node, int group, Object[] facts) {
    Ballot ballot = ((LeaseSearchFact) facts[node]).promised[group];
    for (int other = 0; other < facts.length; other++) {
      if (other != node && !ballot.isAfter(((LeaseSearchFact) facts[other]).promised[group])) {
        return true;
      }
    }
    return false;
  }

  /** Steps until the voters that the two still need are free: a leap of time, or a release. */
  private static int untilFree(int one, int other, int group, Object[] facts) {
    int when = Math.max(votesFrom(one, group, facts), votesFrom(other, group, facts));
    if (when == 0) {
      return 0;
    }
    for (Object fact : facts) {
      if (((LeaseSearchFact) fact).released[group]) {
        return 1;
      }
    }
    // Then time must pass (or a hand-over and its release), and whose lease ends must renew it.
    return lapsesBefore(one, group, when, facts) || lapsesBefore(other, group, when, facts) ? 2 : 1;
  }

  private static boolean lapsesBefore(int node, int group, int when, Object[] facts) {
    LeaseSearchFact fact = (LeaseSearchFact) facts[node];
    return fact.leadsNow(group) && fact.leaseLeft[group] <= when;
  }

  /** From when on the node can have the votes that it still lacks. */
  private static int votesFrom(int node, int group, Object[] facts) {
    LeaseSearchFact fact = (LeaseSearchFact) facts[node];
    if (fact.leads[group]) {
      return 0;
    }
    int own = fact.campaigns[group] ? 0 : fact.freeIn[group][node];
    if (fact.campaigns[group] && promisedByAnother(node, group, facts)) {
      return 0;
    }
    int others = Integer.MAX_VALUE;
    for (int voter = 0; voter < facts.length; voter++) {
      if (voter != node) {
        others = Math.min(others, ((LeaseSearchFact) facts[voter]).freeIn[group][node]);
      }
    }
    return Math.max(own, others);
  }
}
