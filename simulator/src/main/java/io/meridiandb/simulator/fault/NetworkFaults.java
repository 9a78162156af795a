package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedNetwork;
import java.time.Duration;
import java.util.List;

/** What happens to networks. Loss, doubles and overtaking are odds of {@link Swarm} instead. */
final class NetworkFaults {
  private static final String CUT = "cut";
  private static final String CLOG = "clog";
  private static final int BYTES_A_SECOND_MIN = 10_000;
  private static final int BYTES_A_SECOND_DOUBLINGS = 5;

  private NetworkFaults() {}

  static List<FaultKind> all() {
    return List.of(
        new FaultKind("cut-one-way", CUT, NetworkFaults::cutOneWay),
        new FaultKind("cut-both-ways", CUT, NetworkFaults::cutBothWays),
        new FaultKind("isolate", CUT, NetworkFaults::isolate),
        new FaultKind("hears-nobody", CUT, NetworkFaults::hearsNobody),
        new FaultKind("heard-by-nobody", CUT, NetworkFaults::heardByNobody),
        new FaultKind("halves", CUT, NetworkFaults::halves),
        new FaultKind("majority-ring", CUT, NetworkFaults::majorityRing),
        new FaultKind("flapping-link", CUT, NetworkFaults::flapping),
        new FaultKind("region-cut", CUT, NetworkFaults::regionCut),
        new FaultKind("clog-one-way", CLOG, NetworkFaults::clogOneWay),
        new FaultKind("clog-to-all", CLOG, NetworkFaults::clogToAll),
        new FaultKind("swizzle-clog", CLOG, NetworkFaults::swizzle),
        new FaultKind(
            "connection-break", "connection-break", scene -> scene.universe().breakSomeLink()),
        new FaultKind("connection-storm", "connection-break", NetworkFaults::connectionStorm));
  }

  static List<FaultKind> rare() {
    return List.of(
        new FaultKind("link-slow", "link-slow", NetworkFaults::slow),
        new FaultKind("link-narrow", "link-narrow", NetworkFaults::narrow),
        new FaultKind("frames-late", "frames-late", NetworkFaults::late),
        new FaultKind("answers-lost", "answers-lost", NetworkFaults::answersLost));
  }

  /** One direction takes longer than the other, as where a route has changed. */
  private static void slow(Scene scene) {
    network(scene)
        .slow(scene.victim(), scene.victim(), scene.between(30, 600), scene.between(1_000, 8_000));
  }

  /** All that a server sends shares few bytes a second with each of the others. */
  private static void narrow(Scene scene) {
    ServerId one = scene.victim();
    int bytesPerSecond = BYTES_A_SECOND_MIN << scene.random().nextInt(BYTES_A_SECOND_DOUBLINGS);
    Duration length = scene.between(1_000, 6_000);
    scene
        .universe()
        .members()
        .forEach(other -> network(scene).narrow(one, other, bytesPerSecond, length));
  }

  /** What a server says comes when nobody thinks of it any more, perhaps to another life. */
  private static void late(Scene scene) {
    ServerId one = scene.victim();
    Duration late = scene.between(200, 12_000);
    Duration length = scene.between(20, 1_000);
    scene.universe().members().forEach(other -> network(scene).belate(one, other, late, length));
  }

  private static void answersLost(Scene scene) {
    ServerId one = scene.victim();
    Duration length = scene.between(500, 6_000);
    scene.universe().members().forEach(other -> network(scene).loseAnswers(one, other, length));
  }

  private static SimulatedNetwork network(Scene scene) {
    return scene.world().network();
  }

  private static void cut(Scene scene, ServerId from, ServerId to, Duration length) {
    if (!from.equals(to)) {
      network(scene).cut(from, to);
      scene.later(length, () -> network(scene).join(from, to));
    }
  }

  private static void cutOneWay(Scene scene) {
    cut(scene, scene.victim(), scene.victim(), scene.between(500, 6_000));
  }

  private static void cutBothWays(Scene scene) {
    ServerId one = scene.victim();
    ServerId other = scene.victim();
    Duration length = scene.between(500, 6_000);
    cut(scene, one, other, length);
    cut(scene, other, one, length);
  }

  private static void isolate(Scene scene) {
    ServerId one = scene.victim();
    Duration length = scene.between(500, 6_000);
    for (ServerId other : scene.universe().members()) {
      cut(scene, one, other, length);
      cut(scene, other, one, length);
    }
  }

  private static void hearsNobody(Scene scene) {
    ServerId one = scene.victim();
    Duration length = scene.between(500, 8_000);
    scene.universe().members().forEach(other -> cut(scene, other, one, length));
  }

  private static void heardByNobody(Scene scene) {
    ServerId one = scene.victim();
    Duration length = scene.between(500, 8_000);
    scene.universe().members().forEach(other -> cut(scene, one, other, length));
  }

  private static void halves(Scene scene) {
    List<List<ServerId>> halves = scene.halves();
    Duration length = scene.between(500, 5_000);
    for (ServerId one : halves.getFirst()) {
      for (ServerId other : halves.getLast()) {
        cut(scene, one, other, length);
        cut(scene, other, one, length);
      }
    }
  }

  /** Every server hears a majority, each another one. */
  private static void majorityRing(Scene scene) {
    List<ServerId> ring = scene.shuffled();
    Duration length = scene.between(1_000, 6_000);
    int heard = ring.size() / 2;
    for (int i = 0; i < ring.size(); i++) {
      for (int away = heard + 1; away < ring.size(); away++) {
        cut(scene, ring.get(i), ring.get((i + away) % ring.size()), length);
      }
    }
  }

  private static void flapping(Scene scene) {
    ServerId one = scene.victim();
    ServerId other = scene.victim();
    for (int i = 0; i < 10; i++) {
      scene.later(
          Duration.ofMillis(400L * i), () -> cut(scene, one, other, scene.between(50, 350)));
    }
  }

  private static void regionCut(Scene scene) {
    List<String> regions = scene.universe().shape().regions();
    String one = regions.get(scene.random().nextInt(regions.size()));
    String other = regions.get(scene.random().nextInt(regions.size()));
    if (!one.equals(other)) {
      scene.universe().cutRegions(one, other);
      if (scene.random().chance(1, 2)) {
        scene.universe().cutRegions(other, one);
      }
      scene.later(scene.between(1_000, 8_000), scene.universe()::joinAll);
    }
  }

  private static void clogOneWay(Scene scene) {
    network(scene).clog(scene.victim(), scene.victim(), scene.between(200, 5_000));
  }

  private static void clogToAll(Scene scene) {
    ServerId one = scene.victim();
    Duration length = scene.between(200, 4_000);
    scene.universe().members().forEach(other -> network(scene).clog(one, other, length));
  }

  /** Links are clogged one after another, and freed in another order (FoundationDB). */
  private static void swizzle(Scene scene) {
    ServerId centre = scene.victim();
    List<ServerId> in = scene.shuffled();
    List<ServerId> out = scene.shuffled();
    Duration most = Duration.ofMillis(4_000);
    for (int i = 0; i < in.size(); i++) {
      ServerId clogged = in.get(i);
      scene.later(
          Duration.ofMillis(150L * i),
          () -> {
            network(scene).clog(centre, clogged, most);
            network(scene).clog(clogged, centre, most);
          });
      ServerId freed = out.get(i);
      scene.later(
          Duration.ofMillis(1_500 + 300L * i),
          () -> {
            network(scene).unclog(centre, freed);
            network(scene).unclog(freed, centre);
          });
    }
  }

  private static void connectionStorm(Scene scene) {
    for (int i = 0; i < 8; i++) {
      scene.later(Duration.ofMillis(30L * i), scene.universe()::breakSomeLink);
    }
  }
}
