package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One tablet in a simulated world, and short words to use it. */
final class TabletFixture implements AutoCloseable {
  static final ServerId SERVER = new ServerId(1);
  static final String FOLDER = "tablet/0";
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** Remembers what the tablet says, and answers with what the test sets. */
  static final class Host implements TabletHost {
    Timestamp horizon = Timestamp.MIN;
    byte[] state = new byte[0];

    /** What waits for the log; null if all is logged. */
    @Nullable List<Runnable> unlogged;

    final List<Long> checkpoints = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    final List<Throwable> damages = new ArrayList<>();

    @Override
    public byte[] state() {
      return state.clone();
    }

    @Override
    public Timestamp horizon() {
      return horizon;
    }

    @Override
    public void whenLogged(Runnable task) {
      if (unlogged == null) {
        task.run();
      } else {
        unlogged.add(task);
      }
    }

    @Override
    public void checkpointed(long index) {
      checkpoints.add(index);
    }

    @Override
    public void failed(Throwable cause) {
      failures.add(cause);
    }

    @Override
    public void damaged(TabletDamagedException cause) {
      damages.add(cause);
    }
  }

  final SimulatedWorld world;
  final TabletOptions options;
  Host host = new Host();
  Env env;
  Strand strand;
  Tablet tablet;

  TabletFixture(long seed, TabletOptions options) {
    this.world = new SimulatedWorld(seed);
    this.options = options;
    this.env = world.server(SERVER);
    open();
  }

  /** How a tablet is opened. */
  private interface Opening {
    Tablet open(Env env, Strand strand, String folder, TabletOptions options, TabletHost host)
        throws IOException;
  }

  void open() {
    open(Tablet::open);
  }

  void openOrPutAside() {
    open(Tablet::openOrPutAside);
  }

  private void open(Opening opening) {
    strand = env.strands().create("server");
    Timestamp horizon = host.horizon;
    host = new Host();
    host.horizon = horizon;
    tablet =
        onStrand(() -> {
          try {
            return opening.open(env, strand, FOLDER, options, host);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
  }

  void crash() {
    world.crash(SERVER);
    env = world.restart(SERVER);
    open();
  }

  <T> T onStrand(Supplier<T> action) {
    CompletableFuture<T> result = new CompletableFuture<>();
    strand.execute(() -> {
      try {
        result.complete(action.get());
      } catch (RuntimeException e) {
        result.completeExceptionally(e);
      }
    });
    world.runUntil(result::isDone, TIMEOUT);
    if (result.isCompletedExceptionally() && result.exceptionNow() instanceof RuntimeException e) {
      throw e;
    }
    return result.join();
  }

  void run(Runnable action) {
    onStrand(() -> {
      action.run();
      return true;
    });
  }

  void apply(long index, VersionWrite... writes) {
    run(() -> tablet.apply(index, List.of(writes)));
  }

  /** Flushes and waits until all jobs are done. */
  void flush() {
    run(tablet::flush);
    settle();
  }

  void compact() {
    run(tablet::compact);
    settle();
  }

  void settle() {
    world.runFor(Duration.ofSeconds(1));
  }

  String read(String key, long at) {
    return show(tablet.read(key(key), new Timestamp(at)));
  }

  /** Keys with values as {@code key=value}, tombstones as {@code key!}. */
  List<String> scan(KeyRange range, long at, boolean reverse) {
    List<String> found = new ArrayList<>();
    tablet.scan(
        range,
        reverse,
        new Timestamp(at),
        (key, version) -> {
          String name = new String(key.bytes(), StandardCharsets.UTF_8);
          found.add(version.value() == null ? name + "!" : name + "=" + show(version));
          return true;
        });
    return found;
  }

  static String show(Tablet.Version version) {
    if (version == null) {
      return "-";
    }
    byte[] value = version.value();
    return value == null ? "!" : new String(value, StandardCharsets.UTF_8);
  }

  static Key key(String name) {
    return Key.of(name.getBytes(StandardCharsets.UTF_8));
  }

  static VersionWrite put(String key, long at, String value) {
    return new VersionWrite(key(key), new Timestamp(at), value.getBytes(StandardCharsets.UTF_8));
  }

  static VersionWrite delete(String key, long at) {
    return new VersionWrite(key(key), new Timestamp(at), null);
  }

  List<String> files() {
    return world.disk(SERVER).paths().stream().filter(p -> p.endsWith(".tab")).toList();
  }

  @Override
  public void close() {
    world.close();
  }
}
