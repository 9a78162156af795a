package io.meridiandb.bench.replication;

import com.google.protobuf.ByteString;
import io.meridiandb.bench.replication.LogServer.Member;
import io.meridiandb.kernel.strand.Strand;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * A closed loop on a leader's strand: so many commands are always under way, and each that is
 * chosen and applied is followed by another.
 */
final class LogLoad {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final LongSupplier nanos;
  private final Strand strand;
  private final Member leader;
  private final ByteString command;
  private final Histogram latencies = new Histogram(3);
  private final CompletableFuture<Histogram> done = new CompletableFuture<>();
  private long end;
  private int underWay;

  /**
   * Prepares a run.
   *
   * @param strand the leader's
   * @param bytes of a command
   * @param nanos the time by which the run is measured
   */
  LogLoad(Strand strand, Member leader, int bytes, LongSupplier nanos) {
    this.nanos = nanos;
    this.strand = strand;
    this.leader = leader;
    this.command = ByteString.copyFrom(new byte[bytes]);
  }

  /** Runs, and gives the latencies in nanoseconds of what ended in the time; blocks. */
  Histogram run(int inFlight, Duration length) throws Exception {
    return start(inFlight, length).get(length.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The same without waiting; completes on the strand. */
  CompletableFuture<Histogram> start(int inFlight, Duration length) {
    strand.execute(() -> {
      end = nanos.getAsLong() + length.toNanos();
      for (int i = 0; i < inFlight; i++) {
        next();
      }
    });
    return done;
  }

  private void next() {
    long start = nanos.getAsLong();
    if (done.isDone()) {
      return;
    }
    if (start - end >= 0) {
      if (underWay == 0) {
        done.complete(latencies);
      }
      return;
    }
    underWay++;
    try {
      leader
          .replica()
          .propose(command)
          .chosen()
          .whenComplete((index, error) -> ended(start, error));
    } catch (RuntimeException e) {
      done.completeExceptionally(e);
    }
  }

  private void ended(long start, Throwable error) {
    underWay--;
    if (error != null) {
      done.completeExceptionally(error);
      return;
    }
    long now = nanos.getAsLong();
    if (now - end < 0) {
      latencies.recordValue(now - start);
    }
    next();
  }
}
