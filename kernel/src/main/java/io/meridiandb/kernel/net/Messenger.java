package io.meridiandb.kernel.net;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Typed messages over a {@link Transport}: puts the envelope on, refuses messages of another
 * universe or format, hands each to the handler of its type, and matches answers with calls.
 *
 * <p>Handlers run on the transport's thread and only hand over to their own strand. Futures of
 * calls complete on the messenger's strand. {@link #send} and {@link #call} may be used from any
 * thread.
 */
public final class Messenger {
  /** Largest message body, in bytes (DESIGN 10). */
  public static final int MESSAGE_BYTES_MAX = 32 << 20;

  /** A server makes fewer calls in one start than this many bits can count. */
  private static final int CORRELATION_BITS = 40;

  /** Sees the clock reading that each arriving message carries, before its handler does. */
  public interface ClockWatch {
    /**
     * A message of another server has arrived.
     *
     * @param senderClock TrueTime at the sender when it sent
     * @param echo the highest {@code earliest} of ours that the sender had heard by then; {@link
     *     Timestamp#MIN} if none
     * @return false if the message must not be used: the two clocks contradict each other
     */
    boolean observe(ServerId peer, long incarnation, TTInterval senderClock, Timestamp echo);

    /** What a message to {@code peer} is to carry as its echo. */
    Timestamp echo(ServerId peer);
  }

  private record Pending(
      ServerId to, MessageType<?> replyType, CompletableFuture<MessageLite> future, Timer timer) {}

  private final ServerIdentity self;
  private final Transport transport;
  private final Supplier<TTInterval> clock;
  private final Strand strand;
  private final Events events;

  /** By the type's number. */
  private final AtomicReferenceArray<@Nullable Route<?>> routes =
      new AtomicReferenceArray<>(MessageType.ID_MAX + 1);

  private final Map<Long, Pending> calls = new LinkedHashMap<>();
  private final Hearing hearing = new Hearing();

  /** Begins anew with each start, apart from all before: their answers may still be on the way. */
  private long lastCorrelation;

  private volatile @Nullable ClockWatch clockWatch;

  private record Route<M extends MessageLite>(MessageType<M> type, Consumer<Received<M>> handler) {
    void deliver(Envelope head, ByteBuffer body) throws InvalidProtocolBufferException {
      handler.accept(
          new Received<>(
              head.from(),
              head.incarnation(),
              head.clock(),
              head.group(),
              head.correlation(),
              type.parse(body)));
    }
  }

  /**
   * Starts to listen on {@code transport}.
   *
   * @param self who sends
   * @param clock TrueTime, read for each message sent
   * @param strand where calls are kept and their futures complete
   */
  public Messenger(
      ServerIdentity self,
      Transport transport,
      Supplier<TTInterval> clock,
      Strand strand,
      Events events) {
    this.self = self;
    this.lastCorrelation = self.incarnation() << CORRELATION_BITS;
    this.transport = transport;
    this.clock = clock;
    this.strand = strand;
    this.events = events;
    transport.listen(
        new Transport.Receiver() {
          @Override
          public void receive(ServerId from, byte[] frame) {
            Messenger.this.receive(from, frame);
          }

          @Override
          public void lost(ServerId peer) {
            strand.execute(() -> failCallsTo(peer));
          }
        });
  }

  /** Who this messenger sends as. */
  public ServerIdentity self() {
    return self;
  }

  /** Sets who sees the peers' clock readings; called once, before traffic. */
  public void watchClocks(ClockWatch watch) {
    clockWatch = watch;
  }

  /**
   * For how long {@code peer} has been sent messages and has given no sign that it heard any: more
   * than a round trip means that it can be heard and does not hear. Zero while nobody watches
   * clocks, for then messages carry no echo.
   */
  public Duration unheardBy(ServerId peer) {
    return clockWatch == null ? Duration.ZERO : hearing.unheardFor(peer, clock.get().earliest());
  }

  /** Registers the one handler of a type. */
  public <M extends MessageLite> void on(MessageType<M> type, Consumer<Received<M>> handler) {
    boolean first = routes.compareAndSet(type.id(), null, new Route<>(type, handler));
    Invariants.check(first, "two handlers for message type %s", type.name());
  }

  /** Sends a message that wants no answer. */
  public <M extends MessageLite> void send(
      ServerId to, MessageType<M> type, GroupId group, M message) {
    transmit(to, type, group, 0, false, message);
  }

  /** The same message to several; it is encoded once. */
  public <M extends MessageLite> void send(
      Collection<ServerId> to, MessageType<M> type, GroupId group, M message) {
    byte[] body = message.toByteArray();
    to.forEach(each -> transmit(each, type, group, 0, false, body));
  }

  /** Answers {@code request}. */
  public <R extends MessageLite> void reply(Received<?> request, MessageType<R> type, R answer) {
    Invariants.check(request.correlation() != 0, "%s wants no answer", type.name());
    transmit(request.from(), type, request.group(), request.correlation(), true, answer);
  }

  /**
   * Sends a request and waits for its answer without blocking.
   *
   * @return the answer; fails with {@link CallFailedException} if none comes within {@code
   *     timeout}, or earlier, when the connection breaks; the request may have been done all the
   *     same
   */
  public <Q extends MessageLite, R extends MessageLite> CompletableFuture<R> call(
      ServerId to,
      MessageType<Q> type,
      MessageType<R> replyType,
      GroupId group,
      Q request,
      Duration timeout) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    strand.execute(() -> {
      long correlation = ++lastCorrelation;
      CompletableFuture<MessageLite> raw = new CompletableFuture<>();
      raw.whenComplete((value, error) -> finish(answer, value, error));
      Timer timer = strand.schedule(timeout, () -> expire(correlation, type.name(), timeout));
      calls.put(correlation, new Pending(to, replyType, raw, timer));
      transmit(to, type, group, correlation, false, request);
    });
    return answer;
  }

  @SuppressWarnings("unchecked") // the reply was parsed by the parser of R
  private static <R extends MessageLite> void finish(
      CompletableFuture<R> answer, @Nullable MessageLite value, @Nullable Throwable error) {
    if (error != null) {
      answer.completeExceptionally(error);
    } else {
      answer.complete((R) value);
    }
  }

  private void expire(long correlation, String request, Duration timeout) {
    Pending call = calls.remove(correlation);
    if (call != null) {
      call.future.completeExceptionally(
          new CallFailedException(
              "%s did not answer %s within %d ms".formatted(call.to, request, timeout.toMillis())));
    }
  }

  /** A server whose process ends tells so by its connections, long before a time-out. */
  private void failCallsTo(ServerId peer) {
    List<Pending> lost = new ArrayList<>();
    calls
        .values()
        .removeIf(call -> {
          boolean gone = call.to.equals(peer);
          if (gone) {
            lost.add(call);
          }
          return gone;
        });
    for (Pending call : lost) {
      call.timer.cancel();
      events.count("net.calls.lost", 1);
      call.future.completeExceptionally(
          new CallFailedException("the connection to %s is broken".formatted(peer)));
    }
  }

  private <M extends MessageLite> void transmit(
      ServerId to, MessageType<M> type, GroupId group, long correlation, boolean reply, M message) {
    transmit(to, type, group, correlation, reply, message.toByteArray());
  }

  private void transmit(
      ServerId to,
      MessageType<?> type,
      GroupId group,
      long correlation,
      boolean reply,
      byte[] body) {
    Invariants.check(
        body.length <= MESSAGE_BYTES_MAX, "%s of %d bytes is too large", type.name(), body.length);
    ClockWatch watch = clockWatch;
    // The echo before the clock: what is heard in between, on another thread, was said after a
    // clock that was read first, and would convict it.
    Timestamp echo = watch == null ? Timestamp.MIN : watch.echo(to);
    TTInterval now = clock.get();
    if (watch != null && !to.equals(self.server())) {
      hearing.sent(to, now.earliest());
    }
    Envelope head =
        new Envelope(
            self.universe(),
            self.server(),
            self.incarnation(),
            now,
            echo,
            type.id(),
            group,
            correlation,
            reply);
    transport.send(to, type.lane(), head.encode(body));
  }

  private void receive(ServerId from, byte[] frame) {
    ByteBuffer in = ByteBuffer.wrap(frame);
    try {
      Envelope head = Envelope.decode(in);
      if (!head.universe().equals(self.universe()) || !head.from().equals(from)) {
        refuse(from, "it is of universe %s, sender %s".formatted(head.universe(), head.from()));
        return;
      }
      if (contradicts(head)) {
        events.count("net.distrusted", 1);
        return;
      }
      hearing.echoed(from, head.echo());
      if (head.reply()) {
        strand.execute(() -> answer(head, in));
        return;
      }
      Route<?> route = MessageType.isId(head.type()) ? routes.get(head.type()) : null;
      if (route == null) {
        refuse(from, "its type " + head.type() + " has no handler here");
        return;
      }
      route.deliver(head, in);
    } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
      refuse(from, String.valueOf(e.getMessage()));
    }
  }

  private boolean contradicts(Envelope head) {
    ClockWatch watch = clockWatch;
    return watch != null
        && !head.from().equals(self.server())
        && !watch.observe(head.from(), head.incarnation(), head.clock(), head.echo());
  }

  private void answer(Envelope head, ByteBuffer body) {
    Pending call = calls.remove(head.correlation());
    if (call == null) {
      return; // it came after the time-out, or twice
    }
    call.timer.cancel();
    if (call.replyType.id() != head.type() || !call.to.equals(head.from())) {
      refuse(head.from(), "it answers a call that was not made so");
      call.future.completeExceptionally(
          new CallFailedException(head.from() + " answered with message type " + head.type()));
      return;
    }
    try {
      call.future.complete(call.replyType.parse(body));
    } catch (InvalidProtocolBufferException e) {
      call.future.completeExceptionally(e);
    }
  }

  private void refuse(ServerId from, String why) {
    events.count("net.refused", 1);
    events.event(Level.WARNING, "net", "refused a message from " + from + ": " + why);
  }
}
