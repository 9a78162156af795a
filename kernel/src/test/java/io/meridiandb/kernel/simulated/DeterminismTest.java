package io.meridiandb.kernel.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.kernel.strand.Strand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Guards "same seed, same trace hash": alone, beside other worlds, after another seed. */
class DeterminismTest {
  private static final int SERVERS = 3;

  @Test
  void theSameSeedGivesTheSameHashAndAnotherSeedAnother() {
    Set<String> hashes = new HashSet<>();
    for (long seed = 1; seed <= 20; seed++) {
      String first = run(seed, null);
      assertThat(run(seed, null)).as("seed %d", seed).isEqualTo(first);
      hashes.add(first);
    }
    assertThat(hashes).hasSize(20);
  }

  @Test
  void worldsBesideEachOtherDoNotInfluenceEachOther() throws Exception {
    List<String> alone = new ArrayList<>();
    List<String> together = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Future<String>> running = new ArrayList<>();
      for (long seed = 1; seed <= 12; seed++) {
        long own = seed;
        running.add(pool.submit(() -> run(own, null)));
      }
      for (Future<String> one : running) {
        together.add(one.get());
      }
    }
    for (long seed = 1; seed <= 12; seed++) {
      alone.add(run(seed, null));
    }
    assertThat(together).isEqualTo(alone);
  }

  @Test
  void theListingShowsWhatWentIntoTheHash() {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    run(5, first);
    run(5, second);
    assertThat(first).hasSizeGreaterThan(100).isEqualTo(second);
    assertThat(String.join("\n", first)).contains("write", "crash server-2", "fiber");
  }

  /**
   * The numbers that this world gave when the test was written: a change of them is a change of all
   * recorded seeds.
   */
  private static String run(long seed, List<String> listing) {
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      if (listing != null) {
        world.listTo(listing::add);
      }
      world.network().standard(LinkConditions.lan().withFaults(50_000, 50_000, 50_000));
      for (int i = 1; i <= SERVERS; i++) {
        new Gossip(world.server(new ServerId(i))).start();
      }
      world.runFor(Duration.ofSeconds(1));
      world.crash(new ServerId(2));
      world.runFor(Duration.ofSeconds(1));
      new Gossip(world.restart(new ServerId(2))).start();
      world.runFor(Duration.ofSeconds(1));
      assertThat(world.failures()).isEmpty();
      world.hashDisks();
      return world.hash();
    }
  }

  /** A little of everything: messages, timers, a log with forces, a fiber that waits. */
  private static final class Gossip {
    private final Env env;
    private final Strand strand;
    private long sum;

    Gossip(Env env) {
      this.env = env;
      this.strand = env.strands().create("gossip");
    }

    void start() {
      env.transport()
          .listen((from, frame) -> strand.execute(() -> sum += ByteBuffer.wrap(frame).getLong()));
      strand.execute(this::tick);
      env.fibers().start("writer", this::write);
    }

    private void tick() {
      byte[] frame = ByteBuffer.allocate(8).putLong(env.random().nextLong()).array();
      env.transport().send(new ServerId(1 + env.random().nextInt(SERVERS)), Lane.DATA, frame);
      env.events().count("ticks", 1);
      strand.schedule(Duration.ofMillis(1 + env.random().nextInt(20)), this::tick);
    }

    private void write() {
      try (DiskFile file = env.disk().open("log")) {
        env.disk().forceFolder("");
        for (long at = file.size(); ; at += 8) {
          file.write(at, ByteBuffer.allocate(8).putLong(sum).flip());
          env.fibers().await(file.force(), Duration.ofSeconds(10));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
