package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Files of rows that are not as their server wrote them: the replica must notice before it shows
 * what is damaged, and get all from another. Only one server of a universe rots, so that there is a
 * good copy. The log has no second copy on its server, and is refused where it is damaged.
 */
final class RotFaults {
  private static final String ROTTING_FILES = ".tab";
  private static final String QUARANTINES = "tablet.quarantines";
  private static final Duration FOUND_WITHIN = Duration.ofSeconds(8);
  private static final int SECTOR_BYTES = 512;

  private RotFaults() {}

  static List<FaultKind> all() {
    return List.of(
        new FaultKind("bit-flip-at-rest", "bit-flip-at-rest", RotFaults::flipAtRest),
        new FaultKind("bit-flip", "bit-flip", RotFaults::flipWhileRunning));
  }

  /** What happens to sectors, or to the end of a file. */
  static List<FaultKind> rare() {
    return List.of(
        atRest("write-lost", (disk, file, at) -> disk.damage(file, at, new byte[SECTOR_BYTES])),
        atRest("write-misdirected", RotFaults::misdirect),
        atRest("sector-stale", RotFaults::stale),
        atRest("file-truncated", (disk, file, at) -> disk.cutOff(file, at)));
  }

  /** Does something to one file. */
  private interface Damage {
    /** At a border of sectors. */
    void to(SimulatedDisk disk, String file, int at) throws IOException;
  }

  private static FaultKind atRest(String name, Damage damage) {
    return new FaultKind(
        name,
        name,
        scene -> {
          ServerId server = scene.rotting();
          scene.universe().crash(server);
          rot(
              scene,
              name,
              (disk, file, at) -> damage.to(disk, file, at / SECTOR_BYTES * SECTOR_BYTES));
          scene.startLater(server, scene.between(50, 2_000));
        });
  }

  /** A bit turns over while the server is without power: it is found at the next start. */
  private static void flipAtRest(Scene scene) {
    ServerId server = scene.rotting();
    scene.universe().crash(server);
    rot(scene, "bit-flip-at-rest", (disk, file, at) -> flip(scene, disk, file, at));
    scene.startLater(server, scene.between(50, 2_000));
  }

  /** A bit turns over under a server that has the file open; its process ends some time later. */
  private static void flipWhileRunning(Scene scene) {
    ServerId server = scene.rotting();
    rot(scene, "bit-flip", (disk, file, at) -> flip(scene, disk, file, at));
    scene.later(
        scene.between(1, 3_000),
        () -> {
          scene.universe().kill(server);
          scene.startLater(server, scene.between(50, 2_000));
        });
  }

  private static void flip(Scene scene, SimulatedDisk disk, String file, int at)
      throws IOException {
    disk.flipBit(file, at, scene.random().nextInt(Byte.SIZE));
  }

  /** The file's first sector was written there instead of where it belongs. */
  private static void misdirect(SimulatedDisk disk, String file, int at) throws IOException {
    disk.damage(file, at, Arrays.copyOf(disk.bytes(file), SECTOR_BYTES));
  }

  /** A sector shows what another file of rows has there: what lay on the platter before. */
  private static void stale(SimulatedDisk disk, String file, int at) throws IOException {
    for (String other : files(disk)) {
      byte[] bytes = disk.bytes(other);
      if (!other.equals(file) && bytes.length >= at + SECTOR_BYTES) {
        disk.damage(file, at, Arrays.copyOfRange(bytes, at, at + SECTOR_BYTES));
        return;
      }
    }
  }

  private static List<String> files(SimulatedDisk disk) {
    return disk.paths().stream().filter(path -> path.endsWith(ROTTING_FILES)).toList();
  }

  /** Damages one file somewhere; counts whether its replica noticed. */
  private static void rot(Scene scene, String kind, Damage damage) {
    ServerId server = scene.rotting();
    SimulatedDisk disk = scene.world().disk(server);
    List<String> files = files(disk);
    scene.world().faults().fired(kind);
    if (files.isEmpty()) {
      return;
    }
    String file = files.get(scene.random().nextInt(files.size()));
    long before = quarantines(scene, server);
    scene.rots();
    try {
      int size = Math.max(1, disk.bytes(file).length);
      damage.to(disk, file, scene.random().nextInt(size));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    scene
        .world()
        .schedule(
            FOUND_WITHIN,
            () -> {
              if (quarantines(scene, server) > before) {
                scene.world().faults().mattered(kind);
              }
            });
  }

  private static long quarantines(Scene scene, ServerId server) {
    return scene.world().counters(server).getOrDefault(QUARANTINES, 0L);
  }
}
