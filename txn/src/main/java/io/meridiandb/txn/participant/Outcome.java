package io.meridiandb.txn.participant;

import io.meridiandb.kernel.time.Timestamp;

/** What a group knows for ever, or cannot know any more, of one sequence of a session. */
public sealed interface Outcome {
  /**
   * It committed.
   *
   * @param attempt in which attempt
   * @param timestamp at which timestamp
   */
  record Committed(int attempt, Timestamp timestamp) implements Outcome {}

  /** No attempt of it commits: a REFUSED entry is chosen. */
  record Refused() implements Outcome {}

  /** It was forgotten: acknowledged by the client, or older than the horizon. Never "aborted". */
  record Expired() implements Outcome {}

  /** Nothing has happened yet. */
  record Unknown() implements Outcome {}
}
