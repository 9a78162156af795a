package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.Rules.Rule;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.HorizonEntry;
import io.meridiandb.txn.proto.OutcomeImage;
import io.meridiandb.txn.proto.OutcomesImage;
import io.meridiandb.txn.proto.RefusedEntry;
import io.meridiandb.txn.proto.SessionImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How transactions of this group have ended: replicated state, a function of the log's prefix
 * alone, part of every checkpoint (protocol G13, G14; reliability D17). It makes commits
 * exactly-once: a commit that is sent again gets the same answer with the same timestamp.
 *
 * <p>Bounded: a session's outcomes go when its client acknowledges them, all outcomes when they are
 * older than the logged horizon, whole sessions when there are too many. What is gone is answered
 * by "expired".
 */
public final class OutcomeTable {
  /** Most sessions that are remembered; beyond it those without outcomes go, longest idle first. */
  public static final int SESSIONS_MAX = 100_000;

  private record SessionId(long high, long low) {}

  private record Ending(int attempt, Timestamp timestamp, Timestamp commitStart) {
    static final int REFUSED = 0;
  }

  private static final class Session {
    long acked;
    long prunedThrough;
    final TreeMap<Long, Ending> endings = new TreeMap<>();

    /**
     * What a checkpoint says of it, as it stands there; null since it has changed: most have not,
     * from one to the next.
     */
    byte @Nullable [] image;
  }

  private final int sessionsMax;
  private final Rules rules;
  private final Map<SessionId, Session> sessions = new LinkedHashMap<>();
  private Timestamp horizon = Timestamp.MIN;
  private boolean sessionsForgotten;

  /** An empty table. */
  public OutcomeTable() {
    this(SESSIONS_MAX, Rules.ALL);
  }

  OutcomeTable(int sessionsMax, Rules rules) {
    this.sessionsMax = sessionsMax;
    this.rules = rules;
  }

  /** Commits that began at or before it are refused. */
  public Timestamp horizon() {
    return horizon;
  }

  /** How many sessions are remembered. */
  public int sessionCount() {
    return sessions.size();
  }

  /** Whether a horizon at {@code t} would let anything be forgotten. */
  public boolean holdsUpTo(Timestamp t) {
    for (Session session : sessions.values()) {
      for (Ending ending : session.endings.values()) {
        if (!ending.commitStart.isAfter(t)) {
          return true;
        }
      }
    }
    return false;
  }

  /** How the sequence of {@code id} ended, whichever attempt {@code id} is. */
  public Outcome find(TxnId id) {
    Session session = sessions.get(sessionOf(id));
    if (session == null) {
      return sessionsForgotten ? new Outcome.Expired() : new Outcome.Unknown();
    }
    Ending ending = session.endings.get(id.sequence());
    if (ending != null) {
      return ending.attempt == Ending.REFUSED
          ? new Outcome.Refused()
          : new Outcome.Committed(ending.attempt, ending.timestamp);
    }
    boolean gone = id.sequence() <= Math.max(session.acked, session.prunedThrough);
    return gone ? new Outcome.Expired() : new Outcome.Unknown();
  }

  /**
   * Whether a commit that is not recorded may still happen. An unknown session is no obstacle here:
   * it was forgotten only after all its commits had fallen behind the horizon.
   */
  public boolean mayCommit(TxnId id, Timestamp commitStart) {
    if (!commitStart.isAfter(horizon)) {
      return false;
    }
    Session session = sessions.get(sessionOf(id));
    return session == null
        || (!session.endings.containsKey(id.sequence())
            && id.sequence() > Math.max(session.acked, session.prunedThrough));
  }

  /** Applies a commit. */
  public void apply(CommittedEntry entry) {
    TxnId id = Protos.txn(entry.getTxn());
    Session session = touchForCommit(id);
    Ending before =
        session.endings.put(
            id.sequence(),
            new Ending(
                id.attempt(),
                new Timestamp(entry.getTimestampNanos()),
                new Timestamp(entry.getCommitStartNanos())));
    Invariants.check(before == null, "%s commits, its sequence has ended with %s", id, before);
    Invariants.check(
        id.sequence() > session.prunedThrough, "%s commits after it was forgotten", id);
    session.acked = Math.max(session.acked, entry.getAckedSequence());
    session.endings.headMap(session.acked, true).clear();
    forgetSessions();
  }

  /**
   * A transaction of several groups has committed here. Its outcome may come late, after what is
   * known of its session was forgotten.
   */
  void committed(TxnId id, Timestamp timestamp, Timestamp commitStart, long ackedSequence) {
    Session session = touchForCommit(id);
    if (id.sequence() > session.prunedThrough) { // even if the horizon has passed: until the next
      Ending before =
          session.endings.put(id.sequence(), new Ending(id.attempt(), timestamp, commitStart));
      Invariants.check(before == null, "%s commits, its sequence has ended with %s", id, before);
    }
    session.acked = Math.max(session.acked, ackedSequence);
    session.endings.headMap(session.acked, true).clear();
    forgetSessions();
  }

  /** Applies a refusal. */
  public void apply(RefusedEntry entry) {
    Session session = touch(new SessionId(entry.getSessionHigh(), entry.getSessionLow()));
    Ending before = session.endings.get(entry.getSequence());
    Invariants.check(
        before == null || before.attempt == Ending.REFUSED,
        "sequence %s is refused after it has committed",
        entry.getSequence());
    Timestamp at = new Timestamp(entry.getAtNanos());
    session.endings.put(entry.getSequence(), new Ending(Ending.REFUSED, at, at));
    forgetSessions();
  }

  /** Applies a horizon. */
  public void apply(HorizonEntry entry) {
    horizon = Timestamp.max(horizon, new Timestamp(entry.getHorizonNanos()));
    for (Session session : sessions.values()) {
      Iterator<Map.Entry<Long, Ending>> endings = session.endings.entrySet().iterator();
      while (endings.hasNext()) {
        Map.Entry<Long, Ending> ending = endings.next();
        if (!ending.getValue().commitStart.isAfter(horizon)) {
          session.prunedThrough = Math.max(session.prunedThrough, ending.getKey());
          session.image = null;
          endings.remove();
        }
      }
    }
    forgetSessions();
  }

  private Session touchForCommit(TxnId id) {
    Session session = touch(sessionOf(id));
    if (!rules.hold(Rule.OUTCOMES_OF_A_SESSION)) {
      session.endings.clear();
    }
    return session;
  }

  /** Puts the session behind all others, making it if need be; the caller changes it. */
  private Session touch(SessionId id) {
    Session session = sessions.remove(id);
    if (session == null) {
      session = new Session();
    }
    session.image = null;
    sessions.put(id, session);
    return session;
  }

  private void forgetSessions() {
    if (sessions.size() <= sessionsMax) {
      return;
    }
    Iterator<Session> oldestFirst = sessions.values().iterator();
    while (sessions.size() > sessionsMax && oldestFirst.hasNext()) {
      if (oldestFirst.next().endings.isEmpty()) {
        oldestFirst.remove();
        sessionsForgotten = true;
      }
    }
  }

  /**
   * The table as it goes into a checkpoint: an encoded {@link OutcomesImage}, without what others
   * know. There are thousands of sessions, so they are put in as they were encoded before.
   */
  public byte[] image() {
    byte[] head =
        OutcomesImage.newBuilder()
            .setHorizonNanos(horizon.nanos())
            .setSessionsForgotten(sessionsForgotten)
            .build()
            .toByteArray();
    List<byte[]> images = new ArrayList<>(sessions.size());
    int bytes = head.length;
    for (Map.Entry<SessionId, Session> each : sessions.entrySet()) {
      Session session = each.getValue();
      byte[] image = session.image;
      if (image == null) {
        image = encoded(imageOf(each.getKey(), session));
        session.image = image;
      }
      images.add(image);
      bytes += image.length;
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).put(head);
    images.forEach(out::put);
    return out.array();
  }

  /** As it stands in an encoded {@link OutcomesImage}: such encodings follow each other. */
  private static byte[] encoded(SessionImage image) {
    return OutcomesImage.newBuilder().addSessions(image).build().toByteArray();
  }

  private static SessionImage imageOf(SessionId id, Session session) {
    SessionImage.Builder image =
        SessionImage.newBuilder()
            .setSessionHigh(id.high)
            .setSessionLow(id.low)
            .setAckedSequence(session.acked)
            .setPrunedThrough(session.prunedThrough);
    session.endings.forEach((sequence, ending) ->
        image.addOutcomes(
            OutcomeImage.newBuilder()
                .setSequence(sequence)
                .setAttempt(ending.attempt)
                .setTimestampNanos(ending.timestamp.nanos())
                .setCommitStartNanos(ending.commitStart.nanos())));
    return image.build();
  }

  /** Becomes what a checkpoint holds; everything before is dropped. */
  public void restore(OutcomesImage image) {
    sessions.clear();
    horizon = new Timestamp(image.getHorizonNanos());
    sessionsForgotten = image.getSessionsForgotten();
    for (SessionImage stored : image.getSessionsList()) {
      Session session = touch(new SessionId(stored.getSessionHigh(), stored.getSessionLow()));
      session.acked = stored.getAckedSequence();
      session.prunedThrough = stored.getPrunedThrough();
      for (OutcomeImage outcome : stored.getOutcomesList()) {
        session.endings.put(
            outcome.getSequence(),
            new Ending(
                outcome.getAttempt(),
                new Timestamp(outcome.getTimestampNanos()),
                new Timestamp(outcome.getCommitStartNanos())));
      }
    }
  }

  private static SessionId sessionOf(TxnId id) {
    return new SessionId(id.sessionHigh(), id.sessionLow());
  }
}
