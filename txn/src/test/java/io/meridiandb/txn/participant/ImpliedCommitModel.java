package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.txn.participant.CommitDecision.Decision;
import io.meridiandb.txn.participant.CommitDecision.Vote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Implied commit over two groups as a small machine, with every step that may happen next.
 *
 * <p>A group is its log of chosen records and the memory of the leader of the moment; what three
 * replicas add to that is the change of leaders, planned (at once, the timestamps promised so far
 * are handed over) or not (after the lease). One gateway drives one transaction in up to two
 * attempts; a second transaction writes, where no lock is in its way, what the first has read.
 * Every message that was ever sent may arrive at any later time, any number of times, or never.
 * Anybody may recover. Group 0 is the anchor. Time is a small whole number; a lease lasts {@link
 * #LEASE}.
 */
final class ImpliedCommitModel {
  static final int LEASE = 2;
  private static final int GROUPS = 2;
  private static final int ATTEMPTS = 2;
  private static final int TIME_MAX = 4;
  private static final int BALLOT_MAX = 2;

  /** The rules that can be left out, to see that the search misses them. */
  enum Rule {
    /** The attempt is part of a transaction's id (G11). */
    ATTEMPT_IN_ID,
    /** A no counts only from the highest ballot asked (G12). */
    BALLOT_OF_NO,
    /** The anchor keeps its OUTCOME while anyone is prepared (G13). */
    OUTCOME_KEPT,
    /** s must not pass the lease of any participant's vote (G8). */
    LEASE_OF_ALL,
    /** After a hand-over no timestamp below the leases of unresolved votes (G8). */
    FLOOR
  }

  /** What a group's log says of one id. */
  private static final int NONE = 0;

  private static final int PREPARED = 1;
  private static final int REFUSED = 2;
  private static final int COMMITTED = 3;
  private static final int ABORTED = 4;

  // Where things stand in a state, one byte each.
  private static final int TIME = 0;
  private static final int PHASE = 1; // of the gateway: idle, preparing
  private static final int ATTEMPT = 2; // the one under way, or the next
  private static final int VOTES = 3; // mask of groups
  private static final int DEAD = 4; // mask of attempts behind the horizon
  private static final int TOLD = 5; // + attempt: what the client was told
  private static final int DECIDED = TOLD + ATTEMPTS; // + attempt: 0, ABORTED or COMMITTED
  private static final int DECIDED_AT = DECIDED + ATTEMPTS;
  private static final int GROUP = DECIDED_AT + ATTEMPTS; // + group * GROUP_BYTES

  private static final int BALLOT = 0;
  private static final int LEASE_END = 1;
  private static final int LAST_TS = 2;
  private static final int NO = 3; // mask of attempts the leader has said no to
  private static final int LOCKS = 4; // mask of attempts that hold read locks at this leader
  private static final int FOREIGN = 5; // when the other transaction has written
  private static final int ASKED = 6; // highest ballot that the gateway has asked
  private static final int VOTE_P = 7; // + attempt: the vote as it was sent; 0: none
  private static final int VOTE_END = VOTE_P + ATTEMPTS;
  private static final int SENT_PREPARE = VOTE_END + ATTEMPTS; // + attempt: mask of ballots
  private static final int SENT_NO = SENT_PREPARE + ATTEMPTS;
  private static final int RECORD = SENT_NO + ATTEMPTS; // + attempt * RECORD_BYTES
  private static final int KIND = 0;
  private static final int TAG = 1; // whose writes it holds
  private static final int P = 2;
  private static final int END = 3;
  private static final int RECORD_BYTES = 4;
  private static final int GROUP_BYTES = RECORD + ATTEMPTS * RECORD_BYTES;
  private static final int BYTES = GROUP + GROUPS * GROUP_BYTES;

  /** A rule of the model is broken. */
  static final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String message) {
      super(message);
    }
  }

  /** A state, equal to others by what it holds. */
  record State(byte[] bytes) {
    @Override
    public boolean equals(Object other) {
      return other instanceof State state && Arrays.equals(bytes, state.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  private final Set<Rule> rules;
  private final boolean[] reads;
  private byte[] s = new byte[BYTES];
  private List<State> next = new ArrayList<>();

  /**
   * A model.
   *
   * @param reads which groups the transaction has read in: there it holds locks and cannot be
   *     prepared by a leader that did not grant them
   */
  ImpliedCommitModel(Set<Rule> leftOut, boolean... reads) {
    this.rules =
        EnumSet.complementOf(
            leftOut.isEmpty() ? EnumSet.noneOf(Rule.class) : EnumSet.copyOf(leftOut));
    this.reads = reads.clone();
  }

  /** Where everything begins. */
  State initial() {
    byte[] state = new byte[BYTES];
    state[TIME] = 1;
    for (int g = 0; g < GROUPS; g++) {
      state[at(g, BALLOT)] = 1;
      state[at(g, LEASE_END)] = 1 + LEASE;
    }
    return new State(state);
  }

  /** All states that may follow. */
  List<State> next(State state) {
    next = new ArrayList<>();
    if (state.bytes[TIME] < TIME_MAX) {
      step(state, () -> s[TIME]++);
    }
    step(state, this::begin);
    for (int g = 0; g < GROUPS; g++) {
      int group = g;
      step(state, () -> renew(group));
      step(state, () -> changeLeader(group, true));
      step(state, () -> changeLeader(group, false));
      step(state, () -> foreignWrite(group));
      step(state, () -> askAgain(group));
      for (int a = 0; a < ATTEMPTS; a++) {
        int attempt = a;
        for (int b = 1; b <= BALLOT_MAX; b++) {
          int ballot = b;
          step(state, () -> deliverPrepare(group, attempt, ballot, true));
          step(state, () -> deliverPrepare(group, attempt, ballot, false));
          step(state, () -> deliverNo(group, attempt, ballot));
        }
        step(state, () -> deliverVote(group, attempt));
        step(state, () -> deliverOutcome(group, attempt));
        step(state, () -> recover(group, attempt));
      }
    }
    for (int a = 0; a < ATTEMPTS; a++) {
      int attempt = a;
      step(state, () -> forget(attempt));
    }
    return next;
  }

  private void step(State from, Runnable action) {
    s = from.bytes.clone();
    action.run();
    if (!Arrays.equals(s, from.bytes)) {
      next.add(new State(s));
    }
  }

  private boolean rule(Rule rule) {
    return rules.contains(rule);
  }

  private static int at(int group, int field) {
    return GROUP + group * GROUP_BYTES + field;
  }

  /** Where a group keeps what it knows of an attempt. */
  private int record(int group, int attempt) {
    int slot = rule(Rule.ATTEMPT_IN_ID) ? attempt : 0;
    return at(group, RECORD) + slot * RECORD_BYTES;
  }

  private static boolean has(byte mask, int bit) {
    return (mask & (1 << bit)) != 0;
  }

  private void set(int index, int bit) {
    s[index] |= (byte) (1 << bit);
  }

  private void clear(int index, int bit) {
    s[index] &= (byte) ~(1 << bit);
  }

  private void begin() {
    int attempt = s[ATTEMPT];
    if (s[PHASE] != 0 || attempt >= ATTEMPTS || (attempt > 0 && s[TOLD + attempt - 1] != ABORTED)) {
      return;
    }
    s[PHASE] = 1;
    s[VOTES] = 0;
    for (int g = 0; g < GROUPS; g++) {
      if (reads[g]) {
        set(at(g, LOCKS), attempt);
      }
      s[at(g, ASKED)] = s[at(g, BALLOT)];
      set(at(g, SENT_PREPARE + attempt), s[at(g, BALLOT)]);
    }
  }

  private void renew(int g) {
    if (s[TIME] <= s[at(g, LEASE_END)]) {
      s[at(g, LEASE_END)] = (byte) Math.max(s[at(g, LEASE_END)], s[TIME] + LEASE);
    }
  }

  private void changeLeader(int g, boolean planned) {
    boolean over = s[TIME] > s[at(g, LEASE_END)];
    if (s[at(g, BALLOT)] >= BALLOT_MAX || planned == over) {
      return;
    }
    int floor = planned ? s[at(g, LAST_TS)] : s[at(g, LEASE_END)];
    for (int a = 0; a < ATTEMPTS; a++) {
      int record = record(g, a);
      if (s[record + KIND] == PREPARED && rule(Rule.FLOOR)) {
        floor = Math.max(floor, s[record + END]);
      }
    }
    s[at(g, BALLOT)]++;
    s[at(g, LAST_TS)] = (byte) Math.max(s[at(g, LAST_TS)], floor);
    s[at(g, LEASE_END)] = (byte) (s[TIME] + LEASE);
    s[at(g, NO)] = 0;
    s[at(g, LOCKS)] = 0;
  }

  /** The next timestamp of the group's leader; 0 if its lease is out. */
  private int assign(int g) {
    int ts = Math.max(s[TIME], s[at(g, LAST_TS)] + 1);
    return s[TIME] > s[at(g, LEASE_END)] || ts > s[at(g, LEASE_END)] ? 0 : ts;
  }

  private void foreignWrite(int g) {
    int ts = assign(g);
    if (ts == 0 || !reads[g] || s[at(g, LOCKS)] != 0 || s[at(g, FOREIGN)] != 0) {
      return;
    }
    s[at(g, LAST_TS)] = (byte) ts;
    s[at(g, FOREIGN)] = (byte) ts;
    for (int a = 0; a < ATTEMPTS; a++) {
      checkSlip(a);
    }
  }

  /** Where no lock was granted the gateway may ask the next leader as well (G12). */
  private void askAgain(int g) {
    if (s[PHASE] == 1 && !reads[g] && s[at(g, BALLOT)] > s[at(g, ASKED)]) {
      s[at(g, ASKED)] = s[at(g, BALLOT)];
      set(at(g, SENT_PREPARE + s[ATTEMPT]), s[at(g, BALLOT)]);
    }
  }

  private void deliverPrepare(int g, int attempt, int ballot, boolean willing) {
    if (!has(s[at(g, SENT_PREPARE + attempt)], ballot)
        || has(s[DEAD], attempt)
        || s[TIME] > s[at(g, LEASE_END)]) {
      return;
    }
    int record = record(g, attempt);
    switch (s[record + KIND]) {
      case PREPARED -> vote(g, attempt, record);
      case REFUSED, ABORTED -> set(at(g, SENT_NO + attempt), ballot);
      case COMMITTED -> {}
      default -> prepare(g, attempt, ballot, willing);
    }
  }

  private void prepare(int g, int attempt, int ballot, boolean willing) {
    boolean locked = !reads[g] || has(s[at(g, LOCKS)], attempt);
    int ts = assign(g);
    if (ballot != s[at(g, BALLOT)]) {
      set(at(g, SENT_NO + attempt), ballot);
    } else if (has(s[at(g, NO)], attempt) || !locked || !willing) {
      set(at(g, NO), attempt);
      clear(at(g, LOCKS), attempt);
      set(at(g, SENT_NO + attempt), ballot);
    } else if (ts != 0) {
      int record = record(g, attempt);
      s[at(g, LAST_TS)] = (byte) ts;
      s[record + KIND] = PREPARED;
      s[record + TAG] = (byte) attempt;
      s[record + P] = (byte) ts;
      s[record + END] = s[at(g, LEASE_END)];
      vote(g, attempt, record);
    }
  }

  private void vote(int g, int attempt, int record) {
    s[at(g, VOTE_P + attempt)] = s[record + P];
    s[at(g, VOTE_END + attempt)] = s[record + END];
  }

  private void deliverNo(int g, int attempt, int ballot) {
    boolean counts = !rule(Rule.BALLOT_OF_NO) || ballot == s[at(g, ASKED)];
    if (has(s[at(g, SENT_NO + attempt)], ballot)
        && s[PHASE] == 1
        && s[ATTEMPT] == attempt
        && counts) {
      tell(attempt, ABORTED, 0);
    }
  }

  private void deliverVote(int g, int attempt) {
    if (s[at(g, VOTE_P + attempt)] == 0 || s[PHASE] != 1 || s[ATTEMPT] != attempt) {
      return;
    }
    set(VOTES, g);
    if (s[VOTES] == (1 << GROUPS) - 1) {
      List<Vote> votes = new ArrayList<>();
      for (int i = 0; i < GROUPS; i++) {
        votes.add(prepared(s[at(i, VOTE_P + attempt)], s[at(i, VOTE_END + attempt)]));
      }
      decide(votes, (kind, ts) -> tell(attempt, kind, ts));
    }
  }

  private void tell(int attempt, int kind, int ts) {
    s[TOLD + attempt] = (byte) kind;
    s[PHASE] = 0;
    s[ATTEMPT] = (byte) (kind == ABORTED ? attempt + 1 : ATTEMPTS);
    decided(attempt, kind, ts, "the client");
  }

  private Vote prepared(int p, int leaseEnd) {
    return new Vote.Prepared(
        new Timestamp(p),
        rule(Rule.LEASE_OF_ALL) ? new Timestamp(leaseEnd) : Timestamp.MAX,
        Timestamp.MAX);
  }

  private interface Then {
    void decided(int kind, int ts);
  }

  private static void decide(List<Vote> votes, Then then) {
    switch (CommitDecision.decide(votes)) {
      case Decision.Commit(Timestamp ts) -> then.decided(COMMITTED, (int) ts.nanos());
      case Decision.Abort() -> then.decided(ABORTED, 0);
    }
  }

  private void deliverOutcome(int g, int attempt) {
    if (s[TOLD + attempt] == 0) {
      return;
    }
    int record = record(g, attempt);
    if (s[record + KIND] == PREPARED && s[record + TAG] == attempt) {
      s[record + KIND] = s[TOLD + attempt];
      int ts = s[DECIDED_AT + attempt];
      s[at(g, LAST_TS)] = (byte) Math.max(s[at(g, LAST_TS)], ts);
    }
    clear(at(g, LOCKS), attempt);
  }

  /** Somebody waits for a prepared transaction of group g and asks at the anchor (C3). */
  private void recover(int g, int attempt) {
    int mine = record(g, attempt);
    if (s[mine + KIND] != PREPARED || (!rule(Rule.ATTEMPT_IN_ID) && attempt > 0)) {
      return;
    }
    int anchor = record(0, attempt);
    int tag = s[mine + TAG];
    Then end = (kind, ts) -> settle(g, tag, attempt, kind, ts);
    switch (s[anchor + KIND]) {
      case NONE -> {
        s[anchor + KIND] = REFUSED;
        s[anchor + TAG] = (byte) tag;
        end.decided(ABORTED, 0);
      }
      case REFUSED, ABORTED -> end.decided(ABORTED, 0);
      case COMMITTED -> end.decided(COMMITTED, s[DECIDED_AT + tag]);
      default -> recoverPrepared(attempt, end);
    }
  }

  private void recoverPrepared(int attempt, Then end) {
    int anchor = record(0, attempt);
    int other = record(1, attempt);
    switch (s[other + KIND]) {
      case NONE -> {
        s[other + KIND] = REFUSED;
        s[other + TAG] = s[anchor + TAG];
        end.decided(ABORTED, 0);
      }
      case REFUSED, ABORTED -> end.decided(ABORTED, 0);
      case COMMITTED -> end.decided(COMMITTED, s[DECIDED_AT + s[other + TAG]]);
      default ->
          decide(
              List.of(
                  prepared(s[anchor + P], s[anchor + END]), prepared(s[other + P], s[other + END])),
              end);
    }
  }

  private void settle(int g, int tag, int attempt, int kind, int ts) {
    for (int i : new int[] {0, g}) {
      int record = record(i, attempt);
      if (s[record + KIND] == PREPARED) {
        int owner = s[record + TAG];
        s[record + KIND] = (byte) kind;
        clear(at(i, LOCKS), owner);
        s[at(i, LAST_TS)] = (byte) Math.max(s[at(i, LAST_TS)], ts);
        decided(owner, kind, ts, "group " + i);
      }
    }
    decided(tag, kind, ts, "group " + g);
  }

  /** The anchor drops what it knows, as its horizon allows. */
  private void forget(int attempt) {
    int anchor = record(0, attempt);
    boolean ended = s[anchor + KIND] == COMMITTED || s[anchor + KIND] == ABORTED;
    boolean others = s[record(1, attempt) + KIND] == PREPARED;
    if (!ended || (rule(Rule.OUTCOME_KEPT) && others)) {
      return;
    }
    s[anchor + KIND] = NONE;
    set(DEAD, attempt);
  }

  /** Agreement: all deciders say the same; and nobody has written under s what was read. */
  private void decided(int attempt, int kind, int ts, String by) {
    if (s[DECIDED + attempt] == 0) {
      s[DECIDED + attempt] = (byte) kind;
      s[DECIDED_AT + attempt] = (byte) ts;
    } else if (s[DECIDED + attempt] != kind || s[DECIDED_AT + attempt] != ts) {
      throw new Violation("attempt %d: %s decides otherwise".formatted(attempt + 1, by));
    }
    checkSlip(attempt);
  }

  private void checkSlip(int attempt) {
    if (s[DECIDED + attempt] != COMMITTED) {
      return;
    }
    for (int g = 0; g < GROUPS; g++) {
      int foreign = s[at(g, FOREIGN)];
      int p = s[at(g, VOTE_P + attempt)];
      if (foreign > p && foreign <= s[DECIDED_AT + attempt]) {
        throw new Violation(
            "group %d: a write at %d lies between the read locked until %d and s = %d"
                .formatted(g, foreign, p, s[DECIDED_AT + attempt]));
      }
    }
  }
}
