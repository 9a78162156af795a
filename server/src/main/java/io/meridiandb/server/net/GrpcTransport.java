package io.meridiandb.server.net;

import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Frames between servers over gRPC: for each ordered pair of servers and lane one stream, opened by
 * the sender and opened again, with back-off, whenever it breaks. Before frames pass, both ends
 * tell universe, server, incarnation, format and boot id; strangers are refused with the reason.
 *
 * <p>The transport is half of a server's network: {@link NetServer} takes the streams that others
 * open.
 */
public final class GrpcTransport implements Transport {
  /** Largest message of a stream, in bytes: a pack that the largest frame has closed. */
  static final int PACK_BYTES_MAX =
      FramePack.BYTES_WANTED + Messenger.MESSAGE_BYTES_MAX + (64 << 10);

  /** Bytes that may be under way before the peer has taken them in. */
  static final int WINDOW_BYTES = 4 << 20;

  private static final int CONNECT_TIMEOUT_MILLIS = 3_000;
  static final int KEEP_ALIVE_SECONDS = 5;
  private static final int KEEP_ALIVE_TIMEOUT_SECONDS = 3;

  private final TransportConfig config;
  private final Events events;
  private final NetLoops loops;
  private final EventLoop selfLoop;
  private final PeerService service;
  private final Map<ServerId, Map<Lane, PeerLane>> peers = new TreeMap<>();
  private volatile @Nullable Receiver receiver;

  /** Makes the transport; nothing moves before {@link #start}. */
  public GrpcTransport(TransportConfig config, Events events) {
    this.config = config;
    this.events = events;
    this.loops = new NetLoops(config.self().server().toString());
    this.selfLoop = loops.next();
    Handshake handshake = new Handshake(config);
    this.service = new PeerService(handshake, () -> receiver, events);
    for (ServerId peer : config.peers().keySet()) {
      Map<Lane, PeerLane> lanes = new EnumMap<>(Lane.class);
      for (Lane lane : Lane.values()) {
        lanes.put(
            lane, new PeerLane(peer, lane, handshake, new LaneGround(), loops.next(), events));
      }
      peers.put(peer, lanes);
    }
  }

  NetLoops loops() {
    return loops;
  }

  ServerServiceDefinition service() {
    return service.definition();
  }

  /** Begins to connect to all peers; {@link #listen} must have been called. */
  public void start() {
    peers.values().forEach(lanes -> lanes.values().forEach(PeerLane::start));
  }

  @Override
  public void listen(Receiver newReceiver) {
    receiver = newReceiver;
  }

  @Override
  public void send(ServerId to, Lane lane, byte[] frame) {
    if (to.equals(config.self().server())) {
      selfLoop.execute(() -> receiveOwn(frame));
      return;
    }
    Map<Lane, PeerLane> lanes = peers.get(to);
    PeerLane out = lanes == null ? null : lanes.get(lane);
    if (out == null) {
      events.count("net.frames.unknown-peer", 1);
      events.event(Level.WARNING, "net", "no address is known for " + to);
      return;
    }
    out.send(frame);
  }

  private void receiveOwn(byte[] frame) {
    Receiver to = receiver;
    if (to != null) {
      to.receive(config.self().server(), frame);
    }
  }

  private final class LaneGround implements PeerLane.Ground {
    @Override
    public ManagedChannel open(ServerId peer) {
      return openChannel(peer);
    }

    @Override
    public void lost(ServerId peer, Lane lane) {
      Receiver to = receiver;
      if (to != null && lane == Lane.DATA) { // requests and answers go there
        to.lost(peer);
      }
    }
  }

  private ManagedChannel openChannel(ServerId peer) {
    Endpoint endpoint = config.peers().get(peer);
    if (endpoint == null) {
      throw new IllegalStateException("no address for " + peer);
    }
    return NettyChannelBuilder.forAddress(new InetSocketAddress(endpoint.host(), endpoint.port()))
        .usePlaintext()
        .eventLoopGroup(loops.group())
        .channelType(NioSocketChannel.class)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .directExecutor()
        .maxInboundMessageSize(PACK_BYTES_MAX)
        .flowControlWindow(WINDOW_BYTES)
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(KEEP_ALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .build();
  }

  /**
   * Closes all streams and ends the network's threads. Stop the server on them before; once this
   * returns, its port can be taken again.
   */
  public void stop() {
    peers.values().forEach(lanes -> lanes.values().forEach(PeerLane::stop));
    loops.stop();
  }
}
