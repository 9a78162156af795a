package io.meridiandb.simulator.client;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.wire.proto.Anchor;
import io.meridiandb.wire.proto.AnchorKnown;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** One connection from the client's side: sends requests, and waits for their frames on a fiber. */
final class Link implements FrameChannel.Listener {
  private final Env env;
  private final LongConsumer anchors;
  private final FrameChannel channel;
  private final Queue<ServerFrame> arrived = new ArrayDeque<>();
  private CompletableFuture<@Nullable Void> news = new CompletableFuture<>();
  private @Nullable String closed;
  private long requests;

  /**
   * A new connection.
   *
   * @param anchors takes note of the group that each anchor names (protocol G14)
   */
  Link(
      SimulatedUniverse.Client client,
      SimulatedUniverse universe,
      ServerId server,
      LongConsumer anchors) {
    this.env = client.env();
    this.anchors = anchors;
    this.channel = universe.connect(client.machine(), server, this);
  }

  boolean isOpen() {
    return closed == null;
  }

  void close() {
    closed = "closed by the client";
    channel.close();
  }

  /** Sends a request; returns its number. */
  long send(ClientFrame.Builder frame) {
    requests++;
    channel.send(frame.setRequest(requests).build().toByteArray());
    return requests;
  }

  /** The next frame of a request; frames of earlier ones are passed over. */
  ServerFrame next(long request, Duration timeout) throws LinkLost {
    while (true) {
      ServerFrame frame = arrived.poll();
      if (frame == null) {
        waitForNews(timeout);
      } else if (frame.getRequest() == request) {
        return frame;
      }
    }
  }

  private void waitForNews(Duration timeout) throws LinkLost {
    String reason = closed;
    if (reason != null) {
      throw new LinkLost(reason);
    }
    try {
      env.fibers().await(news, timeout);
    } catch (AwaitTimeoutException e) {
      close();
      throw new LinkLost("no answer within " + timeout);
    }
  }

  @Override
  public void frame(byte[] frame) {
    try {
      ServerFrame parsed = ServerFrame.parseFrom(frame);
      if (parsed.hasAnchor()) {
        note(parsed.getAnchor());
        return;
      }
      arrived.add(parsed);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the server sent what is no frame", e);
    }
    tell();
  }

  private void note(Anchor anchor) {
    anchors.accept(anchor.getGroup());
    if (anchor.getAcknowledge()) {
      AnchorKnown known =
          AnchorKnown.newBuilder()
              .setSequence(anchor.getSequence())
              .setAttempt(anchor.getAttempt())
              .setGroup(anchor.getGroup())
              .build();
      channel.send(ClientFrame.newBuilder().setAnchorKnown(known).build().toByteArray());
    }
  }

  @Override
  public void closed(String reason) {
    if (closed == null) {
      closed = reason.isEmpty() ? "closed by the server" : reason;
    }
    tell();
  }

  private void tell() {
    CompletableFuture<@Nullable Void> told = news;
    news = new CompletableFuture<>();
    told.complete(null);
  }
}
