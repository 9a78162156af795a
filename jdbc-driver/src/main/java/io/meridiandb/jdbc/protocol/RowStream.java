package io.meridiandb.jdbc.protocol;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Rows;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one statement as they arrive. The server sends only as many frames as it has credits
 * for; each frame taken gives one back, so a result of any size needs the memory of a few frames.
 *
 * <p>If the connection is wanted for another request first, the rest is read into memory, as the
 * server takes one request of a connection after another.
 */
public final class RowStream {
  private final ClientSession session;
  private final Exchange exchange;
  private final List<Column> columns;
  private final ArrayDeque<Rows> buffered = new ArrayDeque<>();
  private @Nullable Complete complete;
  private @Nullable RequestFailedException failure;
  private boolean closed;

  RowStream(ClientSession session, Exchange exchange, List<Column> columns) {
    this.session = session;
    this.exchange = exchange;
    this.columns = columns;
  }

  /** The columns, in order. */
  public List<Column> columns() {
    return columns;
  }

  /**
   * The next rows; waits for them.
   *
   * @return a frame of rows, or null after the last
   */
  public @Nullable Rows next() throws RequestFailedException {
    Rows ready = buffered.poll();
    if (ready != null) {
      return ready;
    }
    if (failure != null) {
      throw failure;
    }
    if (complete != null || closed) {
      return null;
    }
    return session.lockedSearch(() -> pull(true));
  }

  private @Nullable Rows pull(boolean giveCredit) throws RequestFailedException {
    if (!buffered.isEmpty()) {
      return buffered.poll(); // another thread's request had the rest read in between
    }
    if (complete != null || failure != null) {
      return next();
    }
    try {
      while (true) {
        var frame = exchange.nextFrame();
        if (frame.hasRows()) {
          if (giveCredit) {
            exchange.credit(1);
          }
          return frame.getRows();
        }
        if (frame.hasComplete()) {
          complete = whole(frame.getComplete());
          return null;
        }
      }
    } catch (RequestFailedException e) {
      failure = e;
      throw e;
    }
  }

  private static Complete whole(Complete end) throws RequestFailedException {
    if (end.getUpdateCount() == Answer.COUNT_LOST) {
      throw new RequestFailedException(
          ErrorCode.CONNECTION_FAILURE,
          "rows were lost on their way; what the statement wrote is committed");
    }
    return end;
  }

  /** Reads all that is left into memory, because the connection is needed; called with the lock. */
  void bufferRest() {
    if (complete != null || failure != null) {
      return;
    }
    exchange.credit(Exchange.CREDIT_ALL);
    try {
      ArrayDeque<Rows> rest = new ArrayDeque<>();
      for (Rows rows = pull(false); rows != null; rows = pull(false)) {
        if (!closed) {
          rest.add(rows);
        }
      }
      buffered.addAll(rest);
    } catch (RequestFailedException e) {
      failure = e; // pull has kept it: it is thrown to whoever reads on
    }
  }

  /** How the statement ended; null while rows are left, or if it failed. */
  public @Nullable Complete complete() {
    return complete;
  }

  /**
   * No more rows are wanted. Outside of a transaction the statement is cancelled; inside, where a
   * cancel would make the transaction fail, the rest is let pass.
   */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    buffered.clear();
    if (complete != null || failure != null) {
      return;
    }
    session.lockedQuietly(() -> {
      if (!exchange.inTransaction()) {
        exchange.cancel();
      }
      bufferRest();
    });
  }
}
