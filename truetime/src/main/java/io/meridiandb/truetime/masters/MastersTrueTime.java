package io.meridiandb.truetime.masters;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.truetime.ClockSource;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.proto.TimeAnswerProto;
import io.meridiandb.truetime.proto.TimeAskProto;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * TrueTime from time masters, which are servers of the universe: {@link #start} asks them once a
 * second from then on, and makes this server a master too if it is one of them. Before the first
 * answers it knows nothing: its interval holds all times, and it has a fault.
 */
public final class MastersTrueTime implements TrueTime {
  /** How often each master is asked. */
  public static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  /** An answer that took longer is worth nothing. */
  private static final Duration ANSWER_MAX = Duration.ofMillis(800);

  private final MasterClock clock;
  private final TrueTime guarded;
  private final TrueTime reference;
  private final Clocks clocks;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private List<ServerId> reported = List.of();

  /**
   * Nothing is asked before {@link #start}.
   *
   * @param masters at least one; fewer than half of them may lie
   * @param reference what this server tells others if it is a master
   * @param guard makes TrueTime of the polled clock
   */
  public MastersTrueTime(
      List<ServerId> masters,
      Clocks clocks,
      TrueTime reference,
      Function<ClockSource, TrueTime> guard) {
    this.clock = new MasterClock(masters, clocks);
    this.clocks = clocks;
    this.reference = reference;
    this.guarded = guard.apply(clock);
  }

  @Override
  public TTInterval now() {
    return guarded.now();
  }

  @Override
  public TTInterval peek() {
    return guarded.peek();
  }

  @Override
  public @Nullable String fault() {
    return guarded.fault();
  }

  @Override
  public String source() {
    return guarded.source();
  }

  /** The masters whose last answers cannot be true. */
  public List<ServerId> liars() {
    return clock.liars();
  }

  /**
   * Begins to poll. Callable from any thread, once.
   *
   * @param strand the messenger's; polls and answers run on it
   * @return completes when the time is known well enough
   */
  public CompletableFuture<Void> start(Env env, Messenger messenger, Strand strand) {
    if (clock.masters().contains(messenger.self().server())) {
      new TimeMaster(reference).serve(messenger);
    }
    strand.execute(() -> poll(env, messenger, strand));
    return ready;
  }

  private void poll(Env env, Messenger messenger, Strand strand) {
    strand.schedule(POLL_INTERVAL, () -> poll(env, messenger, strand));
    for (ServerId master : clock.masters()) {
      long asked = clocks.bootNanos();
      if (master.equals(messenger.self().server())) {
        heard(env, master, asked, new TimeMaster(reference).answer());
      } else {
        messenger
            .call(
                master,
                TimeMessages.ASK,
                TimeMessages.ANSWER,
                GroupId.ZERO,
                TimeAskProto.getDefaultInstance(),
                ANSWER_MAX)
            .whenComplete((answer, error) -> {
              if (error == null) {
                heard(env, master, asked, answer);
              } else {
                clock.silent(master, String.valueOf(error.getMessage()));
                env.events().count("truetime.masters.silent", 1);
              }
            });
      }
    }
  }

  private void heard(Env env, ServerId master, long asked, TimeAnswerProto answer) {
    if (!answer.getFault().isEmpty() || answer.getEarliestNanos() > answer.getLatestNanos()) {
      clock.silent(master, answer.getFault());
      env.events().count("truetime.masters.faulty", 1);
      return;
    }
    TTInterval told =
        new TTInterval(
            new Timestamp(answer.getEarliestNanos()), new Timestamp(answer.getLatestNanos()));
    clock.heard(master, asked, clocks.bootNanos(), told);
    List<ServerId> liars = clock.liars();
    if (!liars.equals(reported)) {
      reported = liars;
      env.events().probe("truetime.master.liar");
      env.events()
          .event(
              liars.isEmpty() ? Level.INFO : Level.ERROR,
              "truetime",
              liars.isEmpty()
                  ? "the time masters agree again"
                  : "the time masters %s contradict the others: look after their clocks"
                      .formatted(liars));
    }
    if (!ready.isDone()) {
      guarded.now();
      if (guarded.fault() == null) {
        ready.complete(null);
      }
    }
  }
}
