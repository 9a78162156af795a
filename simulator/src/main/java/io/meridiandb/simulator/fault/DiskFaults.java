package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** What happens to disks and to clocks. */
final class DiskFaults {
  private static final long ROOM_BYTES = 64 << 10;

  private static final String ROT = "bit-flip";
  private static final String ROT_AT_REST = "bit-flip-at-rest";

  /**
   * Files of rows; the log has no second copy on its server, and is refused where it is damaged.
   */
  private static final String ROTTING_FILES = ".tab";

  private static final String QUARANTINES = "tablet.quarantines";
  private static final Duration FOUND_WITHIN = Duration.ofSeconds(8);

  private DiskFaults() {}

  static List<FaultKind> all() {
    return List.of(
        new FaultKind(
            "disk-stall",
            "disk-stall",
            scene -> scene.world().disk(scene.victim()).stall(scene.between(50, 4_000))),
        new FaultKind("disk-stall-everywhere", "disk-stall", DiskFaults::stallAll),
        new FaultKind("disk-slow", "disk-slow", DiskFaults::slow),
        new FaultKind("disk-full", "disk-full", DiskFaults::full),
        new FaultKind(ROT_AT_REST, ROT_AT_REST, DiskFaults::rotAtRest),
        new FaultKind(ROT, ROT, DiskFaults::rotWhileRunning),
        new FaultKind("disk-force-error", "disk-force-error", DiskFaults::forceError),
        new FaultKind("clock-step-inside", "clock-step-inside", DiskFaults::step),
        new FaultKind("clock-strobe-inside", "clock-step-inside", DiskFaults::strobe));
  }

  private static void stallAll(Scene scene) {
    for (ServerId server : scene.victims()) {
      scene.world().disk(server).stall(scene.between(50, 2_000));
    }
  }

  private static void slow(Scene scene) {
    ServerId server = scene.victim();
    scene.world().disk(server).slow(scene.between(5, 80));
    scene.later(scene.between(1_000, 6_000), () -> scene.world().disk(server).slow(Duration.ZERO));
  }

  /** There is room for little more, until somebody makes room. */
  private static void full(Scene scene) {
    ServerId server = scene.victim();
    long more = scene.random().nextInt((int) ROOM_BYTES);
    scene.world().disk(server).roomForMore(more);
    scene.later(
        scene.between(500, 4_000),
        () -> {
          scene.world().disk(server).capacity(Long.MAX_VALUE);
          scene.universe().restartIfDead(server);
        });
  }

  /** The server must stop; somebody starts it again. */
  private static void forceError(Scene scene) {
    ServerId server = scene.victim();
    scene.world().disk(server).failForces(1);
    scene.later(
        scene.between(1_000, 3_000),
        () -> {
          scene.world().disk(server).failForces(0);
          scene.universe().kill(server);
          scene.startLater(server, scene.between(50, 1_000));
        });
  }

  /** A bit turns over while the server is without power: it is found at the next start. */
  private static void rotAtRest(Scene scene) {
    ServerId server = scene.rotting();
    scene.universe().crash(server);
    rot(scene, server, ROT_AT_REST);
    scene.startLater(server, scene.between(50, 2_000));
  }

  /** A bit turns over under a server that has the file open; its process ends some time later. */
  private static void rotWhileRunning(Scene scene) {
    ServerId server = scene.rotting();
    rot(scene, server, ROT);
    scene.later(
        scene.between(1, 3_000),
        () -> {
          scene.universe().kill(server);
          scene.startLater(server, scene.between(50, 2_000));
        });
  }

  /** One bit of one file; the replica must notice before it shows it, and get all from another. */
  private static void rot(Scene scene, ServerId server, String kind) {
    SimulatedDisk disk = scene.world().disk(server);
    List<String> files =
        disk.paths().stream().filter(path -> path.endsWith(ROTTING_FILES)).toList();
    scene.world().faults().fired(kind);
    if (files.isEmpty()) {
      return;
    }
    String file = files.get(scene.random().nextInt(files.size()));
    long before = quarantines(scene, server);
    try {
      int size = Math.max(1, disk.bytes(file).length);
      disk.flipBit(file, scene.random().nextInt(size), scene.random().nextInt(Byte.SIZE));
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

  private static void step(Scene scene) {
    stepTo(scene, scene.victim());
  }

  /** The clock is at once at another place of its bounds. */
  private static void stepTo(Scene scene, ServerId server) {
    scene.world().clocks(server).step(scene.random().nextLong());
    scene.world().faults().fired("clock-step-inside");
    if (scene.world().clocks(server).boundNanos() > 0) {
      scene.world().faults().mattered("clock-step-inside");
    }
  }

  private static void strobe(Scene scene) {
    ServerId server = scene.victim();
    for (int i = 0; i < 200; i++) {
      scene.later(Duration.ofMillis(10L * i), () -> stepTo(scene, server));
    }
  }
}
