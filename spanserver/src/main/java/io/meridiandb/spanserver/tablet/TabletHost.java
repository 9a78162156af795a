package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;

/** What a tablet asks of and tells to the group it belongs to; called on the tablet's strand. */
public interface TabletHost {
  /**
   * What must be found with the rows after a restart, as of the entry applied last: outcomes of
   * transactions, schema version and the like.
   */
  byte[] state();

  /**
   * Up to where old versions may be collected: the newest version of each key at or before it
   * stays, older ones may go, and reads below it are refused from then on. Never falls.
   */
  Timestamp horizon();

  /**
   * Runs {@code task} on the strand once the log has forced everything that was applied so far: a
   * checkpoint must not reach further than the log does after a crash.
   */
  void whenLogged(Runnable task);

  /** A durable checkpoint holds every entry up to {@code index}: the log may drop them. */
  void checkpointed(long index);

  /** Writing a file failed for good: the server must stop (reliability T19). */
  void failed(Throwable cause);

  /**
   * A file is no longer what was written: the tablet must not be served any more. Opened again, it
   * puts its files aside and is empty, so that it takes another replica's image in.
   */
  default void damaged(TabletDamagedException cause) {
    failed(cause);
  }
}
