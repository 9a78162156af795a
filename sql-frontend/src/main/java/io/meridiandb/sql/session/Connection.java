package io.meridiandb.sql.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.Anchor;
import io.meridiandb.wire.proto.AnchorKnown;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: requests wait in an inbox for the session's fiber, Cancel, Credit and
 * AnchorKnown overtake them.
 */
final class Connection implements FrameChannel.Listener {
  /** The server that it belongs to. */
  interface Home {
    /** Whether the server is about to end. */
    boolean draining();

    /** The connection has ended, and its session with it. */
    void ended(Connection connection);
  }

  private final SessionServices services;
  private final RandomSource random;
  private final FrameChannel toClient;
  private final Home home;
  private final Inbox inbox = new Inbox();
  private final Set<Long> cancelledAhead = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable RunningRequest> running = new AtomicReference<>();
  private final AtomicReference<@Nullable CompletableFuture<AnchorKnown>> expected =
      new AtomicReference<>();
  private volatile boolean ended;
  private volatile boolean inTransaction;

  Connection(SessionServices services, RandomSource random, FrameChannel toClient, Home home) {
    this.services = services;
    this.random = random;
    this.toClient = toClient;
    this.home = home;
  }

  /** Whether its client is to go on at another server: nothing new begins here. */
  boolean leaving() {
    return home.draining();
  }

  /** Whether a request runs, or a transaction is open: the end would be noticed. */
  boolean busy() {
    return running.get() != null || inTransaction;
  }

  /** Ends it from here: what runs is stopped, what is open is rolled back. */
  void end(String reason) {
    closed(reason);
    toClient.close();
  }

  @Override
  public void frame(byte[] bytes) {
    ClientFrame frame;
    try {
      frame = ClientFrame.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      refuse(0, "a frame cannot be read: " + e.getMessage());
      return;
    }
    switch (frame.getBodyCase()) {
      case CANCEL -> cancel(frame.getCancel().getTarget());
      case CREDIT -> credit(frame.getCredit().getTarget(), frame.getCredit().getFrames());
      case ANCHOR_KNOWN -> {
        CompletableFuture<AnchorKnown> waiting = expected.getAndSet(null);
        if (waiting != null) {
          waiting.complete(frame.getAnchorKnown());
        }
      }
      case BODY_NOT_SET -> refuse(frame.getRequest(), "a frame has no known body");
      default -> {
        if (!inbox.put(frame)) {
          refuse(
              frame.getRequest(), "more than " + Inbox.REQUESTS_MAX + " requests were sent ahead");
        }
      }
    }
  }

  private void refuse(long request, String what) {
    MeridianException error = new MeridianException(ErrorCode.PROTOCOL_VIOLATION, what);
    send(ServerFrame.newBuilder().setRequest(request).setFailure(Failures.toFrame(error)).build());
    toClient.close();
    closed(what);
  }

  private void cancel(long target) {
    RunningRequest current = running.get();
    if (current != null && (target == 0 || current.number() == target)) {
      current.cancel();
    } else if (target != 0 && (current == null || target > current.number())) {
      if (cancelledAhead.size() < Inbox.REQUESTS_MAX) {
        cancelledAhead.add(target);
      }
    }
  }

  private void credit(long target, int frames) {
    RunningRequest current = running.get();
    if (current != null && current.number() == target) {
      current.addCredit(frames);
    }
  }

  @Override
  public void closed(String reason) {
    ended = true;
    inbox.close();
    RunningRequest current = running.get();
    if (current != null) {
      current.cancel();
    }
    endExpected();
  }

  private void endExpected() {
    CompletableFuture<AnchorKnown> waiting = expected.getAndSet(null);
    if (waiting != null) {
      waiting.completeExceptionally(
          new MeridianException(ErrorCode.CONNECTION_FAILURE, "the client is gone"));
    }
  }

  /** The client's next AnchorKnown; fails when the connection ends. */
  CompletableFuture<AnchorKnown> expectAnchorKnown() {
    CompletableFuture<AnchorKnown> noted = new CompletableFuture<>();
    expected.set(noted);
    if (ended) {
      endExpected();
    }
    return noted;
  }

  /** Tells an anchor within the answer to the request that runs. */
  void sendAnchor(Anchor anchor) {
    RunningRequest current = running.get();
    send(
        ServerFrame.newBuilder()
            .setRequest(current == null ? 0 : current.number())
            .setAnchor(anchor)
            .build());
  }

  /** Sends a frame to the client. */
  void send(ServerFrame frame) {
    if (!ended) {
      toClient.send(frame.toByteArray());
    }
  }

  /** Makes {@code request} the one that Cancel and Credit reach. */
  void begin(RunningRequest request) {
    running.set(request);
    if (cancelledAhead.remove(request.number()) || ended) {
      request.cancel();
    }
  }

  /** The request has been answered; {@code open} tells whether it left a transaction open. */
  void answered(boolean open) {
    inTransaction = open;
    running.set(null);
  }

  /** The session: ends when the connection does. */
  void run() {
    Session session = new Session(services, random, this);
    try {
      ClientFrame frame = inbox.take(services.env().fibers());
      while (frame != null) {
        session.handle(frame);
        frame = inbox.take(services.env().fibers());
      }
    } finally {
      session.close();
      home.ended(this);
      services.env().events().event(Events.Level.DEBUG, "sql.session", "a session has ended");
    }
  }
}
