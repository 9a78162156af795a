package io.meridiandb.jdbc.protocol;

import io.meridiandb.jdbc.link.Surroundings;
import io.meridiandb.wire.proto.ServerFrame;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * The frames that answer one request, in their order. Filled by the link's thread, emptied by the
 * thread that asked.
 */
public final class Reply {
  /** Either a frame or the word that the link is lost. */
  private record Item(@Nullable ServerFrame frame, String lost) {}

  private final long request;
  private final Surroundings surroundings;
  private final LinkedBlockingQueue<Item> items = new LinkedBlockingQueue<>();

  Reply(long request, Surroundings surroundings) {
    this.request = request;
    this.surroundings = surroundings;
  }

  /** The request's number. */
  public long request() {
    return request;
  }

  void offer(ServerFrame frame) {
    items.add(new Item(frame, ""));
  }

  void lost(String reason) {
    items.add(new Item(null, reason));
  }

  /** Whether a frame can be had without waiting. */
  boolean hasNext() {
    return !items.isEmpty();
  }

  /**
   * Waits for the next frame.
   *
   * @param nanos how long to wait at most; negative is for ever
   * @return the frame, or null if the time is over
   * @throws LinkLostException if the link has ended and no frame is left
   * @throws InterruptedException if the thread was interrupted; nothing is lost by it
   */
  @Nullable ServerFrame next(long nanos) throws LinkLostException, InterruptedException {
    Item item = surroundings.take(items, nanos);
    if (item == null) {
      return null;
    }
    if (item.frame == null) {
      items.add(item); // whoever asks again hears the same
      throw new LinkLostException(item.lost);
    }
    return item.frame;
  }

  /** Whether {@code frame} is the last that anybody waits for of its request. */
  static boolean isLast(ServerFrame frame) {
    return switch (frame.getBodyCase()) {
      case COMPLETE, FAILURE, WELCOME, PREPARED, RESOLVED -> true;
      case ROW_DESCRIPTION, ROWS, ANCHOR, BODY_NOT_SET -> false;
    };
  }
}
