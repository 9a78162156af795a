package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.membership.Quorum;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What voters owe to this server: the lease that each has given, and for which groups it counts.
 *
 * <p>A voter counts for a group led with ballot b if it has <i>confirmed</i> that b is what it
 * promised there (by PROMISE or ACCEPTED, with its counter m), if it has given a lease in a reply
 * with a counter of at least m, and if no revocation of the group came after m (protocol G1). So
 * neither a reply that overtook a revocation nor one from an earlier start can make two leaders.
 *
 * <p>The lease of a group ends at the greatest moment that a majority of its voters has granted.
 * Runs on the server strand.
 */
public class LeaseHolder {
  /** The lease from one voter. */
  private static final class FromVoter {
    LeaseCounter counter = new LeaseCounter(0, 0);
    Timestamp until = Timestamp.MIN;
    Timestamp repliedAt = Timestamp.MIN;
    Readiness readiness = Readiness.SILENT;
  }

  /** A group that this server leads. */
  private static final class Led {
    final Ballot ballot;
    Electorate electorate;
    final Map<ServerId, LeaseCounter> confirmed = new TreeMap<>();

    /** Whether all voters counted when {@link #countings} stood at {@link #countedAt}. */
    boolean allCount;

    long countedAt = -1;

    /** The end of the lease as it was worked out when {@link #changes} stood at {@link #endAt}. */
    Timestamp end = Timestamp.MIN;

    long endAt = -1;

    Led(Ballot ballot, Electorate electorate) {
      this.ballot = ballot;
      this.electorate = electorate;
    }
  }

  private final Lessee self;
  private final LeaseConfig config;
  private final Map<ServerId, FromVoter> voters = new TreeMap<>();
  private final Map<GroupId, Led> groups = new TreeMap<>();
  private final Map<Quorum, Electorate> electorates = new LinkedHashMap<>();

  /** Rises with every change by which the lease of a group may end elsewhen. */
  private long changes;

  /** Rises with those by which other voters may count for a group: renewed leases are none. */
  private long countings;

  private long unconfirmations;

  public LeaseHolder(Lessee self, LeaseConfig config) {
    this.self = self;
    this.config = config;
  }

  /** What to ask {@code voter} now. */
  public LeaseRequest request(ServerId voter, TTInterval now) {
    FromVoter from = of(voter);
    return new LeaseRequest(
        self, now.earliest().plus(config.length()), from.counter, from.repliedAt);
  }

  /** The lessee that this server is. */
  public Lessee self() {
    return self;
  }

  /** Takes a voter's answer. */
  public void onReply(ServerId voter, LeaseReply reply) {
    if (!reply.lessee().equals(self)) {
      return; // meant for an earlier start of this server
    }
    FromVoter from = of(voter);
    if (!sameStart(voter, from, reply.counter())) {
      return;
    }
    long count = reply.counter().revocations();
    if (reply.all()) {
      groups.values().forEach(led -> unconfirm(led, voter, count));
    }
    for (Revocation revocation : reply.revoked()) {
      Led led = groups.get(revocation.group());
      if (led != null) {
        unconfirm(led, voter, revocation.number());
      }
    }
    changes++;
    if (reply.counter().revocations() > from.counter.revocations()) {
      from.counter = reply.counter();
      countings++;
    }
    from.until = Timestamp.max(from.until, reply.until());
    if (!from.repliedAt.isAfter(reply.repliedAt())) {
      from.readiness = reply.readiness();
    }
    from.repliedAt = Timestamp.max(from.repliedAt, reply.repliedAt());
  }

  private void unconfirm(Led led, ServerId voter, long number) {
    LeaseCounter confirmed = led.confirmed.get(voter);
    if (confirmed != null && confirmed.revocations() < number) {
      led.confirmed.remove(voter);
      counted();
      unconfirmations++;
    }
  }

  /**
   * How often a voter has ceased to count for a group: only by that, and by the end of what voters
   * have given, does a lease end sooner than was known before.
   */
  public long unconfirmations() {
    return unconfirmations;
  }

  /** This server has won {@code group} with {@code ballot}. */
  public void lead(GroupId group, Ballot ballot, Quorum quorum) {
    forget(groups.put(group, new Led(ballot, join(quorum))));
  }

  private void forget(@Nullable Led led) {
    if (led != null) {
      leave(led.electorate);
    }
  }

  private Electorate join(Quorum quorum) {
    Electorate joined = electorates.computeIfAbsent(quorum, Electorate::new);
    joined.groups++;
    return joined;
  }

  private void leave(Electorate left) {
    if (--left.groups == 0) {
      electorates.remove(left.quorum);
    }
  }

  /**
   * The voters of a group that this server leads have changed: both sets count while joint (G6).
   */
  public void requorum(GroupId group, Quorum quorum) {
    Led led = groups.get(group);
    if (led != null) {
      leave(led.electorate);
      led.electorate = join(quorum);
      counted();
    }
  }

  /** This server leads {@code group} no longer, whatever leases it holds. */
  public void unlead(GroupId group) {
    forget(groups.remove(group));
  }

  /**
   * A voter has said that {@code ballot} is what it promised in the group.
   *
   * @param counter as it stood in that message
   */
  public void confirm(GroupId group, Ballot ballot, ServerId voter, LeaseCounter counter) {
    Led led = groups.get(group);
    FromVoter from = of(voter);
    if (led == null || !led.ballot.equals(ballot) || !sameStart(voter, from, counter)) {
      return;
    }
    LeaseCounter before = led.confirmed.get(voter);
    if (before == null && counter.revocations() < from.counter.revocations()) {
      return; // said before a revocation that we know: it may have been this group
    }
    if (before == null || before.revocations() < counter.revocations()) {
      led.confirmed.put(voter, counter);
      counted();
    }
  }

  /** Voters that do not count for the group because their confirmation is missing. */
  public SortedSet<ServerId> unconfirmed(GroupId group) {
    Led led = groups.get(group);
    if (led == null || allCount(led)) {
      return Collections.emptySortedSet();
    }
    SortedSet<ServerId> missing = new TreeSet<>(led.electorate.quorum.voters());
    missing.removeAll(led.confirmed.keySet());
    return missing;
  }

  /** Until when this server surely leads the group; {@link Timestamp#MIN} if it does not. */
  public Timestamp leaseEnd(GroupId group) {
    Led led = groups.get(group);
    if (led == null) {
      return Timestamp.MIN;
    }
    if (led.endAt != changes) {
      led.end = allCount(led) ? led.electorate.end(changes, this::given) : workedOut(led);
      led.endAt = changes;
    }
    return led.end;
  }

  /** What {@link #leaseEnd} must say, with nothing remembered. */
  Timestamp workedOut(GroupId group) {
    Led led = groups.get(group);
    return led == null ? Timestamp.MIN : workedOut(led);
  }

  private Timestamp workedOut(Led led) {
    return led.electorate.quorum.reached(
        voter -> counts(led, voter) ? given(voter) : Timestamp.MIN);
  }

  private boolean allCount(Led led) {
    if (led.countedAt != countings) {
      led.allCount = led.electorate.quorum.voters().stream().allMatch(voter -> counts(led, voter));
      led.countedAt = countings;
    }
    return led.allCount;
  }

  private boolean counts(Led led, ServerId voter) {
    LeaseCounter confirmed = led.confirmed.get(voter);
    FromVoter from = voters.get(voter);
    return confirmed != null
        && from != null
        && confirmed.incarnation() == from.counter.incarnation()
        && confirmed.revocations() <= from.counter.revocations();
  }

  private Timestamp given(ServerId voter) {
    FromVoter from = voters.get(voter);
    return from == null ? Timestamp.MIN : from.until;
  }

  /** Other voters may count for some group. */
  private void counted() {
    changes++;
    countings++;
  }

  /**
   * Whether {@code counter} belongs to the voter's start that is known here. A later start wipes
   * out all that the earlier one gave; an earlier one is not listened to.
   */
  boolean sameStart(ServerId voter, LeaseCounter known, LeaseCounter counter) {
    return known.incarnation() == counter.incarnation();
  }

  private boolean sameStart(ServerId voter, FromVoter from, LeaseCounter counter) {
    if (sameStart(voter, from.counter, counter)) {
      return true;
    }
    if (counter.incarnation() < from.counter.incarnation()) {
      return false;
    }
    from.counter = new LeaseCounter(counter.incarnation(), 0);
    from.until = Timestamp.MIN;
    from.repliedAt = Timestamp.MIN;
    from.readiness = Readiness.SILENT;
    counted();
    unconfirmations++;
    groups.values().forEach(led -> led.confirmed.remove(voter));
    return true;
  }

  private FromVoter of(ServerId voter) {
    return voters.computeIfAbsent(voter, v -> new FromVoter());
  }

  /** The moment until which {@code voter} has given a lease; for status pages. */
  public @Nullable Timestamp from(ServerId voter) {
    FromVoter from = voters.get(voter);
    return from == null ? null : from.until;
  }

  /** Whether {@code voter} could lead, by its last answer; nothing safe may depend on it. */
  public Readiness readiness(ServerId voter) {
    FromVoter from = voters.get(voter);
    return from == null ? Readiness.SILENT : from.readiness;
  }

  /** Whether {@code voter} has answered since its last start that is known here. */
  public boolean heard(ServerId voter) {
    FromVoter from = voters.get(voter);
    return from != null && !from.repliedAt.equals(Timestamp.MIN);
  }

  /** The whole state, for people and for comparing states: all that leases depend on. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(128);
    voters.forEach((voter, from) ->
        out.append(voter.value())
            .append(' ')
            .append(from.counter)
            .append(' ')
            .append(from.until.nanos())
            .append(' ')
            .append(from.repliedAt.nanos())
            .append("; "));
    groups.forEach((group, led) ->
        out.append(group).append(' ').append(led.ballot).append(led.confirmed).append("; "));
    return out.toString();
  }
}
