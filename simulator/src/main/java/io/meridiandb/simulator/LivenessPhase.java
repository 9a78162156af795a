package io.meridiandb.simulator;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.FrameClient;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.fault.Nemesis;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.workload.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A core of the servers is healed, all others stay broken for ever; the core must commit a write
 * within a bound. Faults that come and go everywhere never show a universe that waits for ever.
 *
 * <p>The core is a bare majority: it can do nothing while one of its servers is away. So no fault
 * that began before may still take one away: an end in order is cut short by a start, a strike that
 * was still looking for a leader does not happen, and a server that dies of what its disk did
 * before is started again within two seconds. The write is a CREATE TABLE: its rows lie in group 0,
 * of whose voters the core is a majority.
 */
final class LivenessPhase {
  /** Ten leases of the default length. */
  static final Duration BOUND = Duration.ofSeconds(30);

  private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

  private final SimulatedUniverse universe;
  private final Nemesis nemesis;
  private final Run run;

  LivenessPhase(SimulatedUniverse universe, Nemesis nemesis, Run run) {
    this.universe = universe;
    this.nemesis = nemesis;
    this.run = run;
  }

  void play() {
    List<ServerId> core = new ArrayList<>();
    List<String> written = new ArrayList<>();
    universe.world().schedule(Duration.ZERO, () -> core.addAll(nemesis.healCore()));
    universe.world().runFor(Duration.ofMillis(1));
    SimulatedUniverse.Client machine = universe.newClient();
    FrameClient client = new FrameClient(universe, machine);
    client.connectOnlyTo(core);
    machine.env().fibers().start("canary", () -> write(client, written));
    boolean alive = universe.world().runUpTo(BOUND, () -> !written.isEmpty());
    if (!alive) {
      run.violation("liveness: the core %s wrote nothing within %s".formatted(core, BOUND));
    }
  }

  /** Until it is done once: each try may meet a server that does not know yet who leads. */
  private static void write(SqlClient client, List<String> written) {
    for (long i = 0; written.isEmpty(); i++) {
      Ending ending = client.update("CREATE TABLE canary_" + i + " (id BIGINT PRIMARY KEY)");
      if (ending.isCommitted()) {
        written.add("done");
      }
      client.pause(RETRY_PAUSE);
    }
  }
}
