package io.meridiandb.server.net;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.server.net.proto.PeerAnswer;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Frames for one peer on one lane. A lane has a TCP connection of its own, so that leases never
 * wait behind data. Everything but {@link #send} runs on the lane's event loop, so nothing here is
 * locked.
 *
 * <p>What waits is bounded: while there is no connection frames are dropped (best effort is all
 * that a transport promises), and when the peer takes in less than comes, DATA is shed.
 */
final class PeerLane {
  /** What may wait for a peer on the data lane, in bytes. */
  static final long DATA_BYTES_MAX = 64L << 20;

  /** The same for the control lane, whose frames are small and few: reaching it is an alarm. */
  static final long CONTROL_BYTES_MAX = 64L << 20;

  private static final long BACK_OFF_MILLIS_MIN = 20;
  private static final long BACK_OFF_MILLIS_MAX = 1_000;

  /** Pause after a peer said that it wants nothing from us: only a person can mend that. */
  private static final long REFUSED_MILLIS = 5_000;

  private static final long HANDSHAKE_MILLIS_MAX = 5_000;

  /** Where a lane stands; STOPPED is for ever. */
  private enum State {
    WAITING,
    CONNECTING,
    OPEN,
    STOPPED
  }

  /** What a lane needs of its transport. */
  interface Ground {
    /** Opens a new channel to a peer. */
    ManagedChannel open(ServerId peer);

    /** Nothing gets to the peer on this lane now; told again and again while that is so. */
    void lost(ServerId peer, Lane lane);
  }

  private final ServerId peer;
  private final Lane lane;
  private final Handshake handshake;
  private final Ground ground;
  private final EventLoop loop;
  private final Events events;
  private final ConcurrentLinkedQueue<byte[]> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AtomicBoolean drainScheduled = new AtomicBoolean();

  // On the loop.
  private State state = State.WAITING;
  private @Nullable ManagedChannel channel;
  private @Nullable ClientCall<byte[], byte[]> call;
  private long attempt;
  private long backOffMillis = BACK_OFF_MILLIS_MIN;
  private String lastReason = "";
  private volatile boolean reachable = true; // until the first attempt has failed

  /**
   * A lane that does nothing before {@link #start}.
   *
   * @param ground opens channels and hears of their end
   */
  PeerLane(
      ServerId peer, Lane lane, Handshake handshake, Ground ground, EventLoop loop, Events events) {
    this.peer = peer;
    this.lane = lane;
    this.handshake = handshake;
    this.ground = ground;
    this.loop = loop;
    this.events = events;
  }

  void start() {
    loop.execute(this::connect);
  }

  /** Queues a frame; callable from any thread. */
  void send(byte[] frame) {
    if (!reachable) {
      events.count("net.frames.unreachable", 1);
      ground.lost(peer, lane);
      return;
    }
    long max = lane == Lane.DATA ? DATA_BYTES_MAX : CONTROL_BYTES_MAX;
    int size = FramePack.size(frame);
    if (queuedBytes.addAndGet(size) > max) {
      queuedBytes.addAndGet(-size);
      events.count("net." + lane.name().toLowerCase(Locale.ROOT) + ".shed", 1);
      return;
    }
    queue.add(frame);
    if (drainScheduled.compareAndSet(false, true)) {
      loop.execute(this::drain);
    }
  }

  private void drain() {
    drainScheduled.set(false);
    ClientCall<byte[], byte[]> out = call;
    if (state == State.OPEN && out != null) {
      while (!queue.isEmpty() && out.isReady()) {
        out.sendMessage(nextPack());
      }
    } else if (state != State.CONNECTING) {
      dropQueue();
    }
  }

  private byte[] nextPack() {
    List<byte[]> frames = new ArrayList<>();
    int bytes = 0;
    while (bytes < FramePack.BYTES_WANTED) {
      byte[] frame = queue.poll();
      if (frame == null) {
        break;
      }
      frames.add(frame);
      bytes += FramePack.size(frame);
    }
    queuedBytes.addAndGet(-bytes);
    events.count("net.frames.sent", frames.size());
    events.count("net.packs.sent", 1);
    return FramePack.pack(frames, bytes);
  }

  private void dropQueue() {
    long dropped = 0;
    for (byte[] frame = queue.poll(); frame != null; frame = queue.poll()) {
      queuedBytes.addAndGet(-FramePack.size(frame));
      dropped++;
    }
    if (dropped > 0) {
      events.count("net.frames.unreachable", dropped);
    }
  }

  private void connect() {
    if (state == State.STOPPED) {
      return;
    }
    state = State.CONNECTING;
    long mine = ++attempt;
    ManagedChannel fresh = ground.open(peer);
    ClientCall<byte[], byte[]> out = fresh.newCall(PeerService.EXCHANGE, CallOptions.DEFAULT);
    channel = fresh;
    call = out;
    out.start(new Answers(mine), new Metadata());
    out.sendMessage(handshake.hello(peer, lane).toByteArray());
    out.request(2);
    loop.schedule(
        () -> {
          if (mine == attempt && state == State.CONNECTING) {
            ended(mine, "no answer to the handshake", BACK_OFF_MILLIS_MIN);
          }
        },
        HANDSHAKE_MILLIS_MAX,
        TimeUnit.MILLISECONDS);
  }

  private void answered(long mine, PeerAnswer answer) {
    if (mine != attempt || state != State.CONNECTING) {
      return;
    }
    if (!answer.getAccepted()) {
      ended(mine, answer.getReason(), REFUSED_MILLIS);
      return;
    }
    state = State.OPEN;
    reachable = true;
    backOffMillis = BACK_OFF_MILLIS_MIN;
    lastReason = "";
    events.event(Level.INFO, "net", "connected to " + peer + " (" + lane + ")");
    drain();
  }

  private void ended(long mine, String reason, long pauseMillisMin) {
    if (mine != attempt || state == State.STOPPED) {
      return;
    }
    attempt++; // whatever else this attempt reports is of no interest
    closeChannel(reason);
    state = State.WAITING;
    reachable = false;
    dropQueue();
    ground.lost(peer, lane);
    if (!reason.equals(lastReason)) { // say it once, not at every attempt
      lastReason = reason;
      events.event(Level.WARNING, "net", "no connection to " + peer + " (" + lane + "): " + reason);
    }
    events.count("net.disconnects", 1);
    long pause = Math.max(pauseMillisMin, backOffMillis);
    backOffMillis = Math.min(BACK_OFF_MILLIS_MAX, 2 * backOffMillis);
    loop.schedule(
        this::connect,
        ThreadLocalRandom.current().nextLong(pause / 2, pause) + 1,
        TimeUnit.MILLISECONDS);
  }

  private void closeChannel(String reason) {
    ClientCall<byte[], byte[]> out = call;
    ManagedChannel old = channel;
    call = null;
    channel = null;
    if (out != null) {
      out.cancel(reason, null);
    }
    if (old != null) {
      old.shutdownNow();
    }
  }

  void stop() {
    loop.execute(() -> {
      state = State.STOPPED;
      reachable = false;
      attempt++;
      closeChannel("this server stops");
      dropQueue();
    });
  }

  /** What the peer says: one answer to the handshake, and the end. */
  private final class Answers extends ClientCall.Listener<byte[]> {
    private final long mine;

    Answers(long mine) {
      this.mine = mine;
    }

    @Override
    public void onMessage(byte[] message) {
      PeerAnswer answer;
      try {
        answer = PeerAnswer.parseFrom(message);
      } catch (InvalidProtocolBufferException e) {
        loop.execute(() -> ended(mine, "its answer cannot be read", REFUSED_MILLIS));
        return;
      }
      loop.execute(() -> answered(mine, answer));
    }

    @Override
    public void onReady() {
      loop.execute(PeerLane.this::drain);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      String description = status.getDescription();
      Throwable cause = status.getCause();
      String why = description == null ? status.getCode().toString() : description;
      String reason =
          cause == null || cause.getMessage() == null ? why : why + ": " + cause.getMessage();
      loop.execute(() -> ended(mine, reason, BACK_OFF_MILLIS_MIN));
    }
  }
}
