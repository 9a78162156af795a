package io.meridiandb.txn;

import java.time.Duration;

/** What a transaction may need at most (DESIGN 10); past a limit it gets a clear error. */
public final class TxnLimits {
  /** Most keys that one transaction writes or has conditions on. */
  public static final int MUTATIONS_MAX = 80_000;

  /**
   * Most bytes of keys and values that one transaction writes: what fits into the unchosen part of
   * a group's log together with its framing.
   */
  public static final int BYTES_MAX = 12 << 20;

  /** Most bytes of one row with its key: what fits into one log entry. */
  public static final int ROW_BYTES_MAX = 7 << 20;

  /** Writes beyond this many bytes go into log entries of their own, before the commit's. */
  public static final int ENTRY_BYTES_MAX = 1 << 20;

  /** Most bytes of a commit request: the rows and, for each of very many, some bytes of framing. */
  public static final int COMMIT_BYTES_MAX = BYTES_MAX + (3 << 19);

  /** Most ranges of one read request; the gateway cuts longer lists. */
  public static final int READ_RANGES_MAX = 4_096;

  /** A reply is cut once it holds this many bytes of rows. */
  public static final int READ_REPLY_BYTES_MAX = 1 << 20;

  /**
   * A reply is cut once so many stored versions were looked at, so that no read holds the strand.
   */
  public static final int READ_EXAMINED_MAX = 4_096;

  /**
   * Most groups of a transaction that is committed without anybody writing so (protocol C3): with
   * more, the list in every vote and the questions of a recovery grow too much (G22).
   */
  public static final int IMPLIED_PARTICIPANTS_MAX = 16;

  /** Most bytes of the list of such a transaction's groups, in every vote. */
  public static final int IMPLIED_LIST_BYTES_MAX = 64 << 10;

  /** How far in the future a read may be asked for (protocol G19). */
  public static final Duration READ_AHEAD_MAX = Duration.ofSeconds(10);

  /** Locks of a transaction whose gateway is silent for so long are given away (protocol C2). */
  public static final Duration LOCK_LEASE = Duration.ofSeconds(5);

  /**
   * A request that waits at the leader, for locks say, is told so after this long and asked again:
   * so a gateway can tell a leader that is busy from one that is gone.
   */
  public static final Duration WAITING_AFTER = Duration.ofSeconds(1);

  /** A read at a replica that does not lead waits at most so long until its timestamp is closed. */
  public static final Duration FOLLOWER_WAIT_MAX = Duration.ofSeconds(1);

  /** How often gateways tell leaders that their transactions live. */
  public static final Duration KEEP_ALIVE_INTERVAL = Duration.ofMillis(1_500);

  /** How long outcomes are kept and commits may be late (protocol G13). */
  public static final Duration OUTCOME_RETENTION = Duration.ofMinutes(10);

  /**
   * Most bytes of locks that a leader hands over to its successor, about 40,000 point locks; with
   * more it hands over none, and the transactions that hold them run again.
   */
  public static final int LOCKS_HANDED_OVER_BYTES_MAX = 2 << 20;

  private TxnLimits() {}
}
