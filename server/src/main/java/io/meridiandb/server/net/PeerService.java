package io.meridiandb.server.net;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.meridiandb.jdbc.link.FrameMethods;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport.Receiver;
import io.meridiandb.server.net.proto.PeerAnswer;
import io.meridiandb.server.net.proto.PeerHello;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes the streams that other servers open to us, and hands their frames to the receiver. */
final class PeerService {
  private static final String SERVICE = "meridian.net.Peer";

  /**
   * One stream for each direction and lane; the opener sends, the other only answers the handshake.
   */
  static final MethodDescriptor<byte[], byte[]> EXCHANGE = FrameMethods.stream(SERVICE, "Exchange");

  private static final int PACKS_UNDER_WAY = 16;

  private final Handshake handshake;
  private final Supplier<@Nullable Receiver> receiver;
  private final Events events;
  private final ConcurrentMap<String, Inbound> current = new ConcurrentHashMap<>();

  PeerService(Handshake handshake, Supplier<@Nullable Receiver> receiver, Events events) {
    this.handshake = handshake;
    this.receiver = receiver;
    this.events = events;
  }

  ServerServiceDefinition definition() {
    ServerCallHandler<byte[], byte[]> handler =
        (call, headers) -> {
          call.sendHeaders(new Metadata());
          call.request(PACKS_UNDER_WAY);
          return new Inbound(call);
        };
    return ServerServiceDefinition.builder(SERVICE).addMethod(EXCHANGE, handler).build();
  }

  /** A stream from a peer; all of it runs on the stream's network thread but {@code superseded}. */
  private final class Inbound extends ServerCall.Listener<byte[]> {
    private final ServerCall<byte[], byte[]> call;
    private @Nullable ServerId from;
    private boolean ended;
    private volatile boolean superseded;

    Inbound(ServerCall<byte[], byte[]> call) {
      this.call = call;
    }

    @Override
    public void onMessage(byte[] message) {
      if (ended) {
        return;
      }
      ServerId peer = from;
      if (peer == null) {
        greet(message);
      } else if (superseded) {
        end(Status.ABORTED.withDescription("a newer stream has taken its place"));
      } else {
        take(peer, message);
      }
      call.request(1);
    }

    private void greet(byte[] message) {
      PeerHello hello;
      try {
        hello = PeerHello.parseFrom(message);
      } catch (InvalidProtocolBufferException e) {
        end(Status.INVALID_ARGUMENT.withDescription("a stream begins with PeerHello"));
        return;
      }
      PeerAnswer answer = handshake.answer(hello);
      call.sendMessage(answer.toByteArray());
      if (!answer.getAccepted()) {
        events.count("net.handshakes.refused", 1);
        events.event(Level.WARNING, "net", "refused a server: " + answer.getReason());
        end(Status.FAILED_PRECONDITION.withDescription(answer.getReason()));
        return;
      }
      from = new ServerId(hello.getServer());
      Inbound before = current.put(hello.getServer() + "/" + hello.getLane(), this);
      if (before != null) {
        before.superseded = true;
      }
    }

    private void take(ServerId peer, byte[] pack) {
      Receiver to = receiver.get();
      if (to == null) {
        events.count("net.frames.unreceived", 1); // still starting; the peer sends again
        return;
      }
      try {
        FramePack.unpack(pack, frame -> to.receive(peer, frame));
        events.count("net.packs.received", 1);
      } catch (IllegalArgumentException e) {
        events.event(Level.WARNING, "net", peer + " sent what is no pack: " + e.getMessage());
        end(Status.INVALID_ARGUMENT.withDescription(String.valueOf(e.getMessage())));
      }
    }

    private void end(Status status) {
      ended = true;
      call.close(status, new Metadata());
    }

    @Override
    public void onHalfClose() {
      if (!ended) {
        end(Status.OK);
      }
    }

    @Override
    public void onCancel() {
      ended = true;
    }
  }
}
