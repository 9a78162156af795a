package io.meridiandb.txn.participant;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which of the protocol's amendments hold: all of them. A test takes one away to see that the
 * attack which it answers then succeeds.
 */
record Rules(Set<Rule> without) {
  /** An amendment that participants keep. */
  enum Rule {
    /** G8: a new leader's timestamps lie above the leases under which votes were given. */
    FLOOR_OF_VOTES,
    /** G11: what is known of one attempt says nothing of another. */
    ATTEMPTS_APART,
    /** G12: who is prepared answers with its record, whatever the epoch of the question. */
    RECORD_ANSWERS,
    /** G13: a committed outcome is kept until all participants have it. */
    OUTCOMES_KEPT,
    /** G14: all outcomes of a session are kept that its client has not acknowledged. */
    OUTCOMES_OF_A_SESSION,
    /** G14: a group commits alone only what names it as its anchor. */
    ANCHOR_COMMITS,
    /** G16: a no does not rest on what is appended and not chosen. */
    REFUSALS_REST_ON_CHOSEN,
    /** C4: a read waits for what is prepared at or below it, at every replica. */
    READS_HEED_VOTES,
    /** G18: a read waits until all that it saw has passed, at every replica. */
    READS_WAIT,
    /** G19: an answer of READ-TIME serves only reads that came before it was asked for. */
    READ_TIME_AFTER_ARRIVAL,
    /** G21: a prepare does not wait for an older transaction. */
    PREPARE_REFUSES,
    /** G21: the leader of a participant asks, whether anybody is blocked or not. */
    VOTES_ARE_PURSUED,
    /** G22: the outcome of an explicit transaction is its anchor's, whatever the votes are. */
    MODES,
    /** C3: locks of prepared transactions are taken again by a new leader. */
    PREPARED_LOCKS,
    /** G7: the locks of a leader that hands over as planned go to its successor. */
    LOCKS_ARE_HANDED_OVER,
    /** G7: of the requests of the epoch before, only those of what was handed over are honoured. */
    ONLY_WHAT_IS_HANDED_OVER,
    /** G12: what was refused for good is not handed over. */
    REFUSED_STAYS_BEHIND,
    /** G8: the schema may change once a vote's lease has ended, outcome or not. */
    SCHEMA_IS_FREED
  }

  /** As it must be. */
  static final Rules ALL = new Rules(EnumSet.noneOf(Rule.class));

  /** Whether {@code rule} holds. */
  boolean hold(Rule rule) {
    return !without.contains(rule);
  }
}
