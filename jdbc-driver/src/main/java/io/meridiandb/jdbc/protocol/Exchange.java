package io.meridiandb.jdbc.protocol;

import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.ServerFrame;
import org.jspecify.annotations.Nullable;

/** One request on its way: where its frames come from and what it means if they stop coming. */
final class Exchange {
  /** A credit that no result uses up. */
  static final int CREDIT_ALL = Integer.MAX_VALUE;

  /** What the loss of the link in the middle of a request leaves open. */
  enum Doubt {
    /** The request changes nothing. */
    NONE,
    /** The request runs in a transaction that it cannot commit. */
    NOT_COMMITTED,
    /** The request may have committed its transaction. */
    MAY_BE_COMMITTED
  }

  private final ClientSession session;
  private final Link link;
  private final Reply reply;
  private final long sequence;
  private final Doubt doubt;
  private final long statementMillis;
  private boolean gaveUp;
  private volatile boolean sent;
  private volatile boolean cancelWanted;

  Exchange(ClientSession session, Link link, long sequence, Doubt doubt, long statementMillis) {
    this.session = session;
    this.link = link;
    this.reply = link.register();
    this.sequence = sequence;
    this.doubt = doubt;
    this.statementMillis = statementMillis;
  }

  /** The transaction in which the request runs; 0 if in none. */
  long sequence() {
    return sequence;
  }

  /** Whether the link was lost because our patience was: the same would happen again. */
  boolean gaveUp() {
    return gaveUp;
  }

  Doubt doubt() {
    return doubt;
  }

  /** Whether a cancel would harm more than this request. */
  boolean inTransaction() {
    return doubt == Doubt.NOT_COMMITTED;
  }

  void credit(int frames) {
    link.credit(reply.request(), frames);
  }

  /** Sends the request. */
  void start(ClientFrame.Builder request) {
    link.send(reply, request);
    sent = true;
    if (cancelWanted) {
      link.cancel(reply.request());
    }
  }

  /** Asks the server to stop; callable from any thread, also before the request is on its way. */
  void cancel() {
    cancelWanted = true;
    if (sent) {
      link.cancel(reply.request());
    }
  }

  /**
   * The next frame of the answer; a failure becomes an exception, and the session learns of the end
   * of the request. If the link breaks and the transaction turns out to be committed, the frame is
   * a Complete with {@link Answer#COUNT_LOST}. Called with the session's lock.
   */
  ServerFrame nextFrame() throws RequestFailedException {
    ServerFrame frame;
    try {
      frame = await(new Patience(link.surroundings(), statementMillis, session.networkMillis()));
    } catch (LinkLostException e) {
      return session.lostDuring(this, e);
    }
    if (frame.hasComplete()) {
      session.completed(this, frame.getComplete());
    } else if (frame.hasFailure()) {
      return session.failed(this, frame.getFailure());
    }
    return frame;
  }

  /** Waits for a frame, with cancel and an end to the patience. */
  ServerFrame await(Patience patience) throws LinkLostException {
    boolean interrupted = false;
    try {
      while (true) {
        Patience.Verdict verdict;
        try {
          @Nullable ServerFrame frame = reply.next(patience.remaining());
          if (frame != null) {
            return frame;
          }
          verdict = patience.verdict();
        } catch (InterruptedException e) {
          interrupted = true;
          verdict = patience.interrupted();
        }
        switch (verdict) {
          case CANCEL -> cancel();
          case GIVE_UP -> {
            gaveUp = true;
            link.close();
          }
          case WAIT -> {
            // not yet time
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
