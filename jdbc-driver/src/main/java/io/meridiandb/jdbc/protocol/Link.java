package io.meridiandb.jdbc.protocol;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.Surroundings;
import io.meridiandb.wire.proto.Anchor;
import io.meridiandb.wire.proto.AnchorKnown;
import io.meridiandb.wire.proto.Cancel;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Credit;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One stream to a server: numbers the requests and hands each frame to the reply it belongs to. An
 * anchor is noted and acknowledged at once, whoever waits for what (protocol G14).
 */
final class Link {
  /** Takes note of anchors, on the link's thread. */
  interface AnchorBook {
    void note(Anchor anchor);
  }

  private final Connector connector;
  private final AnchorBook anchors;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Reply> open = new HashMap<>(); // guarded by lock, as all below
  private long lastRequest;
  private @Nullable String ended;
  private @Nullable FrameChannel channel;

  private Link(Connector connector, AnchorBook anchors) {
    this.connector = connector;
    this.anchors = anchors;
  }

  /**
   * Opens a stream; that it is up shows by the first reply.
   *
   * @throws io.meridiandb.wire.MeridianException if there is clearly no way
   */
  static Link open(Connector connector, AnchorBook anchors) {
    Link link = new Link(connector, anchors);
    FrameChannel channel =
        connector.connect(
            new FrameChannel.Listener() {
              @Override
              public void frame(byte[] frame) {
                link.arrived(frame);
              }

              @Override
              public void closed(String reason) {
                link.end(reason.isEmpty() ? "the server closed the connection" : reason);
              }
            });
    link.lock.lock();
    try {
      link.channel = channel;
    } finally {
      link.lock.unlock();
    }
    return link;
  }

  private void arrived(byte[] bytes) {
    ServerFrame frame;
    try {
      frame = ServerFrame.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      end("the server sent a frame that cannot be read: " + e.getMessage());
      close();
      return;
    }
    if (frame.hasAnchor()) {
      note(frame.getAnchor());
      return;
    }
    Reply reply;
    lock.lock();
    try {
      reply = Reply.isLast(frame) ? open.remove(frame.getRequest()) : open.get(frame.getRequest());
    } finally {
      lock.unlock();
    }
    if (reply != null) { // answers to Cancel and to abandoned requests have nobody who waits
      reply.offer(frame);
    }
  }

  private void note(Anchor anchor) {
    anchors.note(anchor);
    if (anchor.getAcknowledge()) {
      transmit(
          ClientFrame.newBuilder()
              .setAnchorKnown(
                  AnchorKnown.newBuilder()
                      .setSequence(anchor.getSequence())
                      .setAttempt(anchor.getAttempt())
                      .setGroup(anchor.getGroup())));
    }
  }

  private void end(String reason) {
    List<Reply> waiting;
    lock.lock();
    try {
      if (ended != null) {
        return;
      }
      ended = reason;
      waiting = List.copyOf(open.values());
      open.clear();
    } finally {
      lock.unlock();
    }
    waiting.forEach(reply -> reply.lost(reason));
  }

  /** Sends a request; if the link has ended, the reply says so. */
  Reply send(ClientFrame.Builder frame) {
    Reply reply = register();
    send(reply, frame);
    return reply;
  }

  /** The place where the answer to the next request will be; the request is sent afterwards. */
  Reply register() {
    lock.lock();
    try {
      Reply reply = new Reply(++lastRequest, connector.surroundings());
      if (ended != null || channel == null) {
        reply.lost(ended == null ? "not connected" : ended);
      } else {
        open.put(reply.request(), reply);
      }
      return reply;
    } finally {
      lock.unlock();
    }
  }

  void send(Reply reply, ClientFrame.Builder frame) {
    transmit(frame.setRequest(reply.request()));
  }

  /** Lets the server send more frames of rows. */
  void credit(long request, int frames) {
    transmit(
        ClientFrame.newBuilder()
            .setCredit(Credit.newBuilder().setTarget(request).setFrames(frames)));
  }

  /** What the driver waits with. */
  Surroundings surroundings() {
    return connector.surroundings();
  }

  /** Asks the server to stop a request; its reply still ends with a frame of its own. */
  void cancel(long request) {
    transmit(ClientFrame.newBuilder().setCancel(Cancel.newBuilder().setTarget(request)));
  }

  private void transmit(ClientFrame.Builder frame) {
    FrameChannel out;
    lock.lock();
    try {
      out = ended == null ? channel : null;
    } finally {
      lock.unlock();
    }
    if (out != null) {
      out.send(frame.build().toByteArray());
    }
  }

  boolean isOpen() {
    lock.lock();
    try {
      return ended == null;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the link from this side; whoever waits for a reply is told. */
  void close() {
    end("the connection was closed");
    FrameChannel out;
    lock.lock();
    try {
      out = channel;
    } finally {
      lock.unlock();
    }
    if (out != null) {
      out.close();
    }
  }

  /** What it is linked to. */
  @Override
  public String toString() {
    return connector.toString();
  }
}
