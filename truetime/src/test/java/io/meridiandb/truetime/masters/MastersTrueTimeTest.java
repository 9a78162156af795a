package io.meridiandb.truetime.masters;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.truetime.HostAnchor;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.truetime.system.LinuxTime;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Five servers follow three time masters over a slow network, through liars and silence. */
final class MastersTrueTimeTest {
  private static final Duration LONG = Duration.ofSeconds(10);

  private final SimulatedWorld world = new SimulatedWorld(11);
  private final Map<ServerId, MastersTrueTime> times = new TreeMap<>();
  private final Map<ServerId, CompletableFuture<Void>> ready = new TreeMap<>();

  private static ServerId server(int number) {
    return new ServerId(number);
  }

  private void start(int number) {
    Env env = world.server(server(number));
    Strand strand = env.strands().create("server");
    MastersTrueTime time =
        (MastersTrueTime)
            TrueTimes.fromConfig(
                "masters:1,2,3@static:2ms",
                env.clocks(),
                HostAnchor.mint(env.clocks()),
                new LinuxTime());
    Messenger messenger =
        new Messenger(
            new ServerIdentity(new UniverseId(1, 2), server(number), 1),
            env.transport(),
            time::now,
            strand,
            env.events());
    times.put(server(number), time);
    ready.put(server(number), time.start(env, messenger, strand));
  }

  @BeforeEach
  void slowNetwork() {
    world.network().standard(LinkConditions.of(Duration.ofMillis(5), Duration.ofMillis(20)));
    world.afterEveryEvent(this::check);
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** The promise of TrueTime, at every moment of every test. */
  private void check() {
    times.forEach((id, time) -> {
      TTInterval now = time.now();
      assertThat(now.earliest()).as("%s", id).isLessThanOrEqualTo(world.trueTime());
      assertThat(now.latest()).as("%s", id).isGreaterThanOrEqualTo(world.trueTime());
    });
  }

  private void startAll() {
    for (int i = 1; i <= 5; i++) {
      start(i);
    }
    world.runUntil(() -> ready.values().stream().allMatch(CompletableFuture::isDone), LONG);
  }

  @Test
  void allFollowTheMasters() {
    startAll();
    world.runFor(LONG);
    times.forEach((id, time) -> {
      assertThat(time.fault()).isNull();
      assertThat(time.now().epsilonNanos()).isLessThan(Duration.ofMillis(40).toNanos());
    });
  }

  @Test
  void aMasterThatLiesByAnHourIsThrownOut() {
    world.server(server(2));
    world.clocks(server(2)).lie(Duration.ofHours(1).toNanos());
    startAll();
    world.runFor(LONG);
    times.forEach((id, time) -> {
      assertThat(time.fault()).as("%s", id).isNull();
      assertThat(time.liars()).as("%s", id).containsExactly(server(2));
      assertThat(time.now().epsilonNanos()).isLessThan(Duration.ofMillis(40).toNanos());
    });
  }

  @Test
  void withoutMastersTheUncertaintyGrowsUntilItIsAFault() {
    startAll();
    world.runFor(Duration.ofSeconds(3));
    for (int i = 1; i <= 3; i++) {
      times.remove(server(i));
      world.crash(server(i));
    }
    long before = times.get(server(5)).now().epsilonNanos();
    world.runFor(Duration.ofSeconds(100));
    long grown = times.get(server(5)).now().epsilonNanos() - before;
    assertThat(grown).isBetween(18_000_000L, 23_000_000L);
    assertThat(times.get(server(5)).fault()).isNull();
    world.runFor(Duration.ofSeconds(1_250));
    assertThat(times.get(server(5)).fault()).contains("may be wrong by");
  }

  @Test
  void aServerAloneWaitsForTheMasters() {
    start(5);
    world.runFor(LONG);
    assertThat(ready.get(server(5))).isNotDone();
    assertThat(times.get(server(5)).fault()).contains("too few of the time masters");
    start(1);
    start(3);
    world.runUntil(() -> ready.get(server(5)).isDone(), LONG);
    assertThat(times.get(server(5)).fault()).isNull();
  }
}
