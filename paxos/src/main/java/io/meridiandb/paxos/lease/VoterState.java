package io.meridiandb.paxos.lease;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.lease.Vote.Granted;
import io.meridiandb.paxos.lease.Vote.Reason;
import io.meridiandb.paxos.lease.Vote.Refused;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one server owes to others as a voter: the ballot promised in each group, the leases given to
 * each lessee, and what was taken away from whom.
 *
 * <p>All of it is one atomic unit (protocol G1): checking that a lease is over, promising the group
 * to another and counting the revocation is one step, and no lease can be granted in between. That
 * holds because one object has it all and all its callers run on the server strand.
 *
 * <p>The rule: a lease until E, given to lessee L, promises that for every group whose promised
 * ballot is L's no other node gets a promise until {@code TT.now().earliest > E}. The lessee uses
 * it while {@code TT.now().latest < E}. True time lies in both intervals, so the two never overlap
 * (protocol C1), whatever the rates of the clocks.
 *
 * <p>Leases are kept in memory only. After a start nothing is promised to anybody, the own
 * candidacy included, until every lease that may have been given before is surely over (restart
 * silence, protocol G2): a comparison with TrueTime, never a timer.
 */
public class VoterState {
  /** How many revocations are remembered for each lessee; older ones read as "all". */
  static final int REVOCATIONS_MAX = 4096;

  /** What is promised in one group. */
  private static final class Promised {
    Ballot ballot = Ballot.ZERO;

    /** The holder of {@link #ballot} has stopped and will not use it again. [VOLATILE] */
    @Nullable Release release;

    /** The s_max under which {@link #ballot} was granted before the old lease was over. */
    Timestamp grantedOver = Timestamp.MIN;
  }

  /** Who may be promised at once; anybody if {@code target} is null. */
  private record Release(@Nullable ServerId target, Timestamp sMax) {}

  private static final class Revocations {
    long count;
    final Deque<Revocation> recent = new ArrayDeque<>();
  }

  private final ServerId self;
  private final long incarnation;
  private final LeaseConfig config;
  private final Map<GroupId, Promised> promised = new TreeMap<>();
  private final Map<Lessee, Timestamp> given = new LinkedHashMap<>();
  private final Map<ServerId, Revocations> revocations = new TreeMap<>();
  private final Map<ServerId, Long> newestIncarnation = new TreeMap<>();

  /** No promise before this has surely passed. */
  private final Timestamp silentUntil;

  /** No lease longer than this is given; it is durable. */
  private Duration bound;

  /** The server is about to end. */
  private boolean leaving;

  /**
   * A voter as it starts.
   *
   * @param self this server, in this start
   * @param durableBound the longest lease that earlier starts may have given; zero if they gave
   *     none
   * @param now TrueTime at the start
   */
  public VoterState(Lessee self, LeaseConfig config, Duration durableBound, TTInterval now) {
    this.self = self.server();
    this.incarnation = self.incarnation();
    this.config = config;
    this.bound = durableBound;
    this.silentUntil = durableBound.isZero() ? Timestamp.MIN : now.latest().plus(durableBound);
  }

  /**
   * Takes over a promise that the log remembers; before anything else is done with the group. A
   * replica that is opened again in the same start finds its promise as it was.
   */
  public void restore(GroupId group, Ballot ballot) {
    Promised before = promised.get(group);
    Invariants.check(
        before == null || before.ballot.equals(ballot), "%s was restored before", group);
    of(group).ballot = ballot;
  }

  /** A longer bound for leases is durable now: they may be given. */
  public void boundDurable(Duration durableBound) {
    bound = durableBound;
  }

  /** The highest ballot promised in the group. */
  public Ballot promised(GroupId group) {
    return of(group).ballot;
  }

  /** The counter that goes into every message to {@code lessee}. */
  public LeaseCounter counter(ServerId lessee) {
    Revocations taken = revocations.get(lessee);
    return new LeaseCounter(incarnation, taken == null ? 0 : taken.count);
  }

  /** The server is about to end: it goes on voting, and leads nothing any more. */
  public void leave() {
    leaving = true;
  }

  /** Whether {@link #leave} was called. */
  public boolean leaving() {
    return leaving;
  }

  /** Whether this server could lead a group that is handed over to it. */
  public Readiness readiness(TTInterval now) {
    if (leaving) {
      return Readiness.LEAVING;
    }
    return silent(new Lessee(self, incarnation), now) ? Readiness.SILENT : Readiness.READY;
  }

  /** Whether {@code candidate} would get a promise now, for a ballot that is high enough. */
  public boolean wouldPromise(GroupId group, Lessee candidate, TTInterval now) {
    return !silent(candidate, now) && movable(of(group), candidate, now);
  }

  /**
   * Before this, {@link #wouldPromise} is false whatever happens in other groups: leases are only
   * ever made longer. {@link Timestamp#MIN} if it is true already.
   */
  public Timestamp boundUntil(GroupId group, Lessee candidate, TTInterval now) {
    if (wouldPromise(group, candidate, now)) {
      return Timestamp.MIN;
    }
    Timestamp lease =
        movable(of(group), candidate, now)
            ? Timestamp.MIN
            : given.getOrDefault(Lessee.of(of(group).ballot), Timestamp.MIN);
    return silent(candidate, now) ? Timestamp.max(silentUntil, lease) : lease;
  }

  /**
   * A candidate asks for the promise of a group. If it is granted, the caller makes the promise
   * durable before it tells anybody.
   */
  public Vote vote(GroupId group, Ballot ballot, TTInterval now) {
    Promised current = of(group);
    Lessee candidate = Lessee.of(ballot);
    if (ballot.equals(current.ballot)) {
      return new Granted(false, counter(candidate.server()), current.grantedOver);
    }
    if (!ballot.isAfter(current.ballot)) {
      return new Refused(current.ballot, Reason.BALLOT_TOO_LOW);
    }
    if (silent(candidate, now)) {
      return new Refused(current.ballot, Reason.RESTART_SILENCE);
    }
    if (!movable(current, candidate, now)) {
      return new Refused(current.ballot, Reason.LEASED);
    }
    Release release = current.release;
    move(group, current, ballot);
    current.grantedOver =
        release != null && admits(release, candidate) ? release.sMax : Timestamp.MIN;
    return new Granted(true, counter(candidate.server()), current.grantedOver);
  }

  /**
   * A leader of {@code ballot} was elected by others: the promise follows without a question, for
   * its election has proved that every older lease is over (protocol I).
   *
   * @return whether the promise is new and must be made durable
   */
  public boolean follow(GroupId group, Ballot ballot) {
    Promised current = of(group);
    Invariants.check(
        !current.ballot.isAfter(ballot), "%s follows %s after %s", group, ballot, current.ballot);
    if (current.ballot.equals(ballot)) {
      return false;
    }
    move(group, current, ballot);
    current.grantedOver = Timestamp.MIN;
    return true;
  }

  /**
   * The holder of {@code ballot} has stopped for good (protocol G7, G9). Counts only if exactly
   * that ballot is promised: a late copy must not open a newer lease. If the ballot was granted
   * over a release, the s_max of that one still counts: its leader's lease may be running.
   *
   * @param target who may be promised at once; null for anybody
   * @param sMax at least every timestamp that was assigned, served or closed under the ballot
   */
  public void release(GroupId group, Ballot ballot, @Nullable ServerId target, Timestamp sMax) {
    Promised current = of(group);
    if (honours(current.ballot, ballot)) {
      Timestamp all = Timestamp.max(sMax, current.grantedOver);
      Release before = current.release;
      current.release = new Release(target, before == null ? all : Timestamp.max(before.sMax, all));
    }
  }

  /** Answers a lease request; null for one from an earlier start of the same server. */
  public @Nullable LeaseReply onRequest(LeaseRequest request, TTInterval now) {
    Lessee lessee = request.lessee();
    if (newestIncarnation.merge(lessee.server(), lessee.incarnation(), Math::max)
        != lessee.incarnation()) {
      return null;
    }
    Timestamp until = Timestamp.MIN;
    if (!request.until().isAfter(now.latest().plus(bound)) && heardUs(request, now)) {
      until = request.until();
      given.merge(lessee, until, Timestamp::max);
      forgetExpired(now);
    }
    return reply(request, until, now);
  }

  private LeaseReply reply(LeaseRequest request, Timestamp until, TTInterval now) {
    Lessee lessee = request.lessee();
    LeaseCounter counter = counter(lessee.server());
    List<Revocation> since = new ArrayList<>();
    boolean all = request.known().incarnation() != incarnation;
    Revocations taken = revocations.get(lessee.server());
    if (taken != null && !all) {
      long known = request.known().revocations();
      while (!taken.recent.isEmpty() && taken.recent.getFirst().number() <= known) {
        taken.recent.removeFirst();
      }
      since.addAll(taken.recent);
      all = taken.count - known != since.size();
    }
    return new LeaseReply(
        lessee, until, counter, all ? List.of() : since, all, now.earliest(), readiness(now));
  }

  /**
   * Whether the lessee has heard this voter within the last lease: if the voter's answers do not
   * reach it, it can never use the lease, and the voter would be bound for nothing (protocol G9).
   */
  private boolean heardUs(LeaseRequest request, TTInterval now) {
    return request.lessee().server().equals(self)
        || (request.known().incarnation() == incarnation
            && request.echo().plus(config.length()).isAfter(now.latest()));
  }

  private void forgetExpired(TTInterval now) {
    given.values().removeIf(until -> now.earliest().isAfter(until));
  }

  private void move(GroupId group, Promised current, Ballot ballot) {
    Lessee owner = Lessee.of(current.ballot);
    if (!current.ballot.equals(Ballot.ZERO) && !owner.equals(Lessee.of(ballot))) {
      revoke(group, current.ballot, owner);
    }
    current.ballot = ballot;
    current.release = null;
  }

  /**
   * Counts that {@code group} was taken from {@code owner}. A double in the tests leaves it out.
   */
  void revoke(GroupId group, Ballot ballot, Lessee owner) {
    Revocations taken = revocations.computeIfAbsent(owner.server(), s -> new Revocations());
    taken.count++;
    taken.recent.addLast(new Revocation(taken.count, group, ballot));
    if (taken.recent.size() > REVOCATIONS_MAX) {
      taken.recent.removeFirst();
    }
  }

  /** Whether promises are held back because of what an earlier start may have given. */
  boolean silent(Lessee candidate, TTInterval now) {
    return !now.earliest().isAfter(silentUntil) && !silentUntil.equals(Timestamp.MIN);
  }

  /** Whether a release of {@code released} opens the promise of {@code current}. */
  boolean honours(Ballot current, Ballot released) {
    return current.equals(released);
  }

  private boolean movable(Promised current, Lessee candidate, TTInterval now) {
    Lessee owner = Lessee.of(current.ballot);
    if (current.ballot.equals(Ballot.ZERO) || owner.equals(candidate)) {
      return true;
    }
    if (current.release != null && admits(current.release, candidate)) {
      return true;
    }
    Timestamp until = given.get(owner);
    return until == null || now.earliest().isAfter(until);
  }

  private static boolean admits(Release release, Lessee candidate) {
    return release.target == null || release.target.equals(candidate.server());
  }

  private Promised of(GroupId group) {
    return promised.computeIfAbsent(group, g -> new Promised());
  }

  /** The whole state, for people and for comparing states. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(128);
    promised.forEach((group, p) -> {
      out.append(group).append(" promised ").append(p.ballot);
      if (p.release != null) {
        out.append(" released to ").append(p.release.target).append(' ').append(p.release.sMax);
      }
      if (!p.grantedOver.equals(Timestamp.MIN)) {
        out.append(" over ").append(p.grantedOver);
      }
      out.append("; ");
    });
    given.forEach((lessee, until) ->
        out.append("lease ")
            .append(lessee.server().value())
            .append('.')
            .append(lessee.incarnation())
            .append(" until ")
            .append(until.nanos())
            .append("; "));
    revocations.forEach((server, taken) ->
        out.append("taken ").append(server.value()).append(' ').append(taken.recent).append("; "));
    return out.append("silent ").append(silentUntil.nanos()).toString();
  }
}
