package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.universe.SimulatedNode;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What happens to processes and machines. */
final class ProcessFaults {
  private static final String CRASH = "server-crash";
  private static final String KILL = "server-kill";
  private static final String PAUSE = "server-pause";
  private static final String HANDED_OVER = "leader-handed-over";
  private static final Duration HANDED_OVER_WITHIN = Duration.ofSeconds(2);
  private static final int HURT_LOOKS = 400;
  private static final Duration HURT_LOOK_PAUSE = Duration.ofNanos(100_000);

  private ProcessFaults() {}

  static List<FaultKind> all() {
    return List.of(
        new FaultKind("power-lost", CRASH, scene -> crash(scene, List.of(scene.victim()))),
        new FaultKind("power-lost-in-a-write", CRASH, scene -> hurt(scene, HURT_LOOKS)),
        new FaultKind("power-lost-everywhere", CRASH, scene -> crash(scene, scene.victims())),
        new FaultKind("power-lost-by-majority", CRASH, ProcessFaults::majority),
        new FaultKind("region-lost", CRASH, ProcessFaults::regionLost),
        new FaultKind("process-killed", KILL, scene -> kill(scene, scene.victim(), 50, 3_000)),
        new FaultKind("server-away", KILL, scene -> kill(scene, scene.victim(), 8_000, 20_000)),
        new FaultKind("leader-killed", KILL, ProcessFaults::leaderKilled),
        new FaultKind("leader-without-power", CRASH, ProcessFaults::leaderCrashed),
        new FaultKind("restart-storm", KILL, ProcessFaults::restartStorm),
        new FaultKind("rolling-restart", "server-drained", ProcessFaults::rollingRestart),
        new FaultKind("leader-drained", "server-drained", ProcessFaults::leaderDrained),
        new FaultKind(HANDED_OVER, HANDED_OVER, ProcessFaults::handOver),
        new FaultKind("pause", PAUSE, scene -> pause(scene, scene.victim(), 5, 800)),
        new FaultKind(
            "pause-beyond-lease", PAUSE, scene -> pause(scene, scene.victim(), 3_200, 9_000)),
        new FaultKind("leader-paused", PAUSE, ProcessFaults::leaderPaused),
        new FaultKind("stutter", PAUSE, ProcessFaults::stutter));
  }

  private static void crash(Scene scene, List<ServerId> victims) {
    for (ServerId server : victims) {
      scene.universe().crash(server);
      scene.startLater(server, scene.between(1, 3_000));
    }
  }

  /** Waits for a moment at which bytes are unforced; they are few, chance seldom meets them. */
  private static void hurt(Scene scene, int looksLeft) {
    List<ServerId> dirty =
        scene.victims().stream()
            .filter(server -> scene.world().disk(server).hasUnforced())
            .toList();
    if (!dirty.isEmpty()) {
      crash(scene, List.of(dirty.get(scene.random().nextInt(dirty.size()))));
    } else if (looksLeft > 0) {
      scene.later(HURT_LOOK_PAUSE, () -> hurt(scene, looksLeft - 1));
    }
  }

  private static void majority(Scene scene) {
    List<ServerId> victims = scene.victims();
    crash(scene, victims.subList(0, victims.size() / 2 + 1));
  }

  private static void regionLost(Scene scene) {
    Duration down = scene.between(1_000, 10_000);
    for (ServerId server : scene.region()) {
      scene.universe().crash(server);
      scene.startLater(server, down.plus(scene.between(1, 500)));
    }
  }

  private static void kill(Scene scene, ServerId server, int from, int to) {
    scene.universe().kill(server);
    scene.startLater(server, scene.between(from, to));
  }

  /** To the leader of group 0, unless all is healed before a server has said that it leads. */
  private static void toLeader(Scene scene, Consumer<ServerId> fault) {
    scene
        .universe()
        .withLeader(leader -> {
          if (!scene.healed()) {
            fault.accept(leader);
          }
        });
  }

  private static void leaderKilled(Scene scene) {
    toLeader(scene, leader -> kill(scene, leader, 50, 4_000));
  }

  private static void leaderCrashed(Scene scene) {
    toLeader(scene, leader -> crash(scene, List.of(leader)));
  }

  private static void restartStorm(Scene scene) {
    ServerId server = scene.victim();
    for (int i = 0; i < 5; i++) {
      scene.later(Duration.ofMillis(700L * i), () -> kill(scene, server, 20, 500));
    }
  }

  private static void drain(Scene scene, ServerId server) {
    scene
        .universe()
        .drain(
            server,
            () -> {
              scene.world().faults().mattered("server-drained");
              scene.startLater(server, scene.between(20, 1_000));
            });
  }

  private static void leaderDrained(Scene scene) {
    scene.world().faults().fired("server-drained");
    toLeader(scene, leader -> drain(scene, leader));
  }

  /** Any group of any leader goes to any other full replica, near or far, up or not. */
  private static void handOver(Scene scene) {
    scene.world().faults().fired(HANDED_OVER);
    for (ServerId server : scene.shuffled()) {
      SimulatedNode node = scene.universe().node(server);
      long group = node == null ? -1 : node.handOverOne(scene.random());
      if (group >= 0) {
        scene
            .world()
            .schedule(
                HANDED_OVER_WITHIN,
                () -> {
                  ServerId leader = scene.universe().leader(group);
                  if (leader != null && !leader.equals(server)) {
                    scene.world().faults().mattered(HANDED_OVER);
                  }
                });
        return;
      }
    }
  }

  private static void rollingRestart(Scene scene) {
    scene.world().faults().fired("server-drained");
    List<ServerId> servers = scene.universe().members();
    for (int i = 0; i < servers.size(); i++) {
      ServerId server = servers.get(i);
      scene.later(Duration.ofMillis(2_500L * i), () -> drain(scene, server));
    }
  }

  private static void pause(Scene scene, ServerId server, int from, int to) {
    scene.world().pause(server, scene.between(from, to));
  }

  private static void leaderPaused(Scene scene) {
    toLeader(scene, leader -> pause(scene, leader, 2_500, 8_000));
  }

  private static void stutter(Scene scene) {
    ServerId server = scene.victim();
    for (int i = 0; i < 20; i++) {
      scene.later(Duration.ofMillis(100L * i), () -> pause(scene, server, 10, 90));
    }
  }
}
