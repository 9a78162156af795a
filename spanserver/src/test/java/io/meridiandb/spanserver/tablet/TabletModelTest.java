package io.meridiandb.spanserver.tablet;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Random writes, versions that come from elsewhere, wiped ranges, flushes, compactions with
 * collection, crashes and reads at random timestamps, compared with a map of maps.
 */
class TabletModelTest {
  private static final int SEEDS = 12;
  private static final int STEPS = 350;
  private static final TabletOptions OPTIONS =
      new TabletOptions(16 << 10, Duration.ofSeconds(20), 3, 12 << 10);

  @Test
  void aTabletIsAMapOfVersions() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try (TabletFixture f = new TabletFixture(seed, OPTIONS)) {
        new Run(f, seed).go();
      }
    }
  }

  private static final class Run {
    private final TabletFixture f;
    private final long seed;
    private final RandomSource random;
    private final NavigableMap<Key, NavigableMap<Long, String>> model = new TreeMap<>();
    private final TreeMap<Long, Runnable> log = new TreeMap<>();
    private long index;
    private long time = 1000;
    private long horizon = Long.MIN_VALUE;

    Run(TabletFixture f, long seed) {
      this.f = f;
      this.seed = seed;
      this.random = f.world.random("model");
    }

    void go() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(20)) {
          case 0 -> f.flush();
          case 1 -> compact();
          case 2 -> crash();
          case 3 -> f.world.runFor(Duration.ofSeconds(random.nextInt(15)));
          case 4, 5, 6 -> scan();
          case 7, 8, 9, 10 -> read();
          case 11 -> wipe();
          default -> write();
        }
      }
      assertThat(f.host.failures).isEmpty();
      assertThat(f.world.failures()).isEmpty();
    }

    private Key key() {
      int number = random.nextInt(40);
      // Keys that are prefixes of others, as interleaved rows have them.
      String name = "k" + number / 4 + (number % 4 == 0 ? "" : "/" + (char) (number % 4 * 0x3f));
      return Key.of(name.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void write() {
      List<VersionWrite> writes = new ArrayList<>();
      TreeMap<Key, String> distinct = new TreeMap<>();
      time += 1 + random.nextInt(5);
      for (int i = random.nextInt(6); i >= 0; i--) {
        boolean tombstone = random.chance(1, 5);
        distinct.put(key(), tombstone ? "" : "v" + time + "-".repeat(random.nextInt(300)));
      }
      distinct.forEach((key, value) -> {
        byte[] bytes = value.isEmpty() ? null : value.getBytes(StandardCharsets.UTF_8);
        writes.add(new VersionWrite(key, new Timestamp(time), bytes));
        model.computeIfAbsent(key, k -> new TreeMap<>()).put(time, value);
      });
      if (random.chance(1, 4)) {
        entry(at -> f.tablet.ingest(at, writes, Timestamp.MIN));
      } else {
        entry(at -> f.tablet.apply(at, writes));
      }
    }

    private void entry(LongConsumer change) {
      long at = index + 1 + random.nextInt(2);
      index = at;
      log.put(at, () -> change.accept(at));
      f.run(() -> change.accept(at));
    }

    private void wipe() {
      KeyRange range = new KeyRange(key(), random.chance(1, 8) ? null : key());
      model.keySet().removeIf(range::contains);
      entry(at -> f.tablet.apply(at, List.of(), List.of(range)));
    }

    private void compact() {
      if (random.chance(1, 2)) {
        horizon = Math.max(horizon, time - random.nextInt(300));
        f.host.horizon = new Timestamp(horizon);
      }
      f.compact();
    }

    private void crash() {
      f.world.runFor(Duration.ofMillis(random.nextInt(3)));
      f.crash();
      log.tailMap(f.tablet.flushedIndex(), false).forEach((entry, change) -> f.run(change));
      assertThat(f.tablet.flushedIndex()).isLessThanOrEqualTo(index);
    }

    private long readTime() {
      long oldest = Math.max(f.tablet.horizon().nanos(), 990);
      return random.chance(1, 4) ? time : oldest + random.nextInt((int) (time - oldest) + 5);
    }

    private void read() {
      Key key = key();
      long at = readTime();
      Map.Entry<Long, String> expected = newest(key, at);
      Tablet.Version found = f.tablet.read(key, new Timestamp(at));
      if (collected(expected)) {
        assertThat(found == null || found.value() == null).as("%s at %s", key, at).isTrue();
      } else {
        assertThat(TabletFixture.show(found))
            .as("seed %s: %s at %s", seed, key, at)
            .isEqualTo(expected == null ? "-" : shown(expected));
      }
    }

    private void scan() {
      long at = readTime();
      Key a = key();
      Key b = key();
      KeyRange range =
          random.chance(1, 4) ? KeyRange.ALL : new KeyRange(a, random.chance(1, 8) ? null : b);
      boolean reverse = random.chance(1, 2);
      NavigableMap<Key, NavigableMap<Long, String>> part = new TreeMap<>(model);
      part.keySet().removeIf(key -> !range.contains(key));
      List<String> expected = new ArrayList<>();
      for (Key key : (reverse ? part.descendingMap() : part).keySet()) {
        Map.Entry<Long, String> newest = newest(key, at);
        if (newest != null && !newest.getValue().isEmpty()) {
          expected.add(key + "@" + newest.getKey() + "=" + newest.getValue());
        }
      }
      List<String> found = new ArrayList<>();
      f.tablet.scan(
          range,
          reverse,
          new Timestamp(at),
          (key, version) -> {
            if (version.value() != null) {
              found.add(
                  key + "@" + version.timestamp().nanos() + "=" + TabletFixture.show(version));
            }
            return true;
          });
      assertThat(found).as("seed %s: %s at %s", seed, range, at).isEqualTo(expected);
    }

    private Map.Entry<Long, String> newest(Key key, long at) {
      NavigableMap<Long, String> versions = model.get(key);
      return versions == null ? null : versions.floorEntry(at);
    }

    /** A tombstone below the horizon may be gone or not. */
    private boolean collected(Map.Entry<Long, String> version) {
      return version != null && version.getValue().isEmpty() && version.getKey() <= horizon;
    }

    private static String shown(Map.Entry<Long, String> version) {
      return version.getValue().isEmpty() ? "!" : version.getValue();
    }
  }
}
