package io.meridiandb.paxos;

import io.meridiandb.kernel.id.ServerId;

/**
 * A Paxos proposal number: unique to one campaign of one start of one server, totally ordered.
 *
 * <p>It names the lessee too, (server, incarnation): a restarted server is another node (protocol
 * G3).
 *
 * @param round raised by every campaign above all rounds the candidate has seen
 * @param server the candidate
 * @param incarnation the candidate's incarnation
 */
public record Ballot(long round, ServerId server, long incarnation) implements Comparable<Ballot> {
  /** Below every ballot of a campaign: nothing has been promised yet. */
  public static final Ballot ZERO = new Ballot(0, new ServerId(0), 0);

  /** Whether this ballot is later than {@code other}. */
  public boolean isAfter(Ballot other) {
    return compareTo(other) > 0;
  }

  /** The later of the two. */
  public static Ballot max(Ballot a, Ballot b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  @Override
  public int compareTo(Ballot other) {
    int byRound = Long.compare(round, other.round);
    if (byRound != 0) {
      return byRound;
    }
    int byServer = server.compareTo(other.server);
    return byServer != 0 ? byServer : Long.compare(incarnation, other.incarnation);
  }

  /** Such as {@code 7.2.1}: round, server, incarnation. */
  @Override
  public String toString() {
    return round + "." + server.value() + "." + incarnation;
  }
}
