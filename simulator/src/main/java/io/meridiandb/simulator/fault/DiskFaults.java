package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What happens to disks and to clocks. */
final class DiskFaults {
  private static final long ROOM_BYTES = 64 << 10;

  /** Parts of a million. */
  private static final int SLEW_MIN = 1_000;

  private static final int SLEW_DOUBLINGS = 7;

  private DiskFaults() {}

  static List<FaultKind> all() {
    List<FaultKind> kinds = new ArrayList<>();
    kinds.add(
        new FaultKind(
            "disk-stall",
            "disk-stall",
            scene -> scene.world().disk(scene.victim()).stall(scene.between(50, 4_000))));
    kinds.add(new FaultKind("disk-stall-everywhere", "disk-stall", DiskFaults::stallAll));
    kinds.add(new FaultKind("disk-slow", "disk-slow", DiskFaults::slow));
    kinds.add(new FaultKind("disk-full", "disk-full", DiskFaults::full));
    kinds.addAll(RotFaults.all());
    kinds.add(new FaultKind("disk-force-error", "disk-force-error", DiskFaults::forceError));
    kinds.add(new FaultKind("clock-step-inside", "clock-step-inside", DiskFaults::step));
    kinds.add(new FaultKind("clock-strobe-inside", "clock-step-inside", DiskFaults::strobe));
    return kinds;
  }

  static List<FaultKind> rare() {
    return List.of(
        new FaultKind("disk-read-error", "disk-read-error", DiskFaults::readError),
        new FaultKind("clock-slew", "clock-slew", DiskFaults::slew));
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

  /** A sector cannot be read, while the server runs or when it starts. */
  private static void readError(Scene scene) {
    ServerId server = scene.victim();
    scene.world().disk(server).failReads(1);
    if (scene.random().chance(1, 2)) {
      scene.universe().kill(server);
      scene.startLater(server, scene.between(50, 1_000));
    }
    scene.later(
        scene.between(1_500, 3_000),
        () -> {
          scene.world().disk(server).failReads(0);
          scene.universe().restartIfDead(server);
        });
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

  /** By 0.1 to 10 %; the bound holds all the same. */
  private static void slew(Scene scene) {
    ServerId server = scene.victim();
    scene.world().clocks(server).slew(SLEW_MIN << scene.random().nextInt(SLEW_DOUBLINGS));
    scene.world().faults().fired("clock-slew");
    if (scene.world().clocks(server).boundNanos() > 0) {
      scene.world().faults().mattered("clock-slew");
    }
  }

  private static void strobe(Scene scene) {
    ServerId server = scene.victim();
    for (int i = 0; i < 200; i++) {
      scene.later(Duration.ofMillis(10L * i), () -> stepTo(scene, server));
    }
  }
}
