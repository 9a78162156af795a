package io.meridiandb.txn.participant;

import java.time.Duration;

/** What handlers have in common when they append. */
final class Log {
  /** After how long an entry that found no room in the log is appended again. */
  static final Duration RETRY = Duration.ofMillis(20);

  private Log() {}
}
