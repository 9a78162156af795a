package io.meridiandb.simulator.client;

import io.meridiandb.jdbc.MeridianDataSource;
import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.Surroundings;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The JDBC driver on a client's machine in a simulated universe. */
public final class FiberDriver implements DriverClient.Place {
  private static final int SILENCE_MILLIS_MAX = 20_000;

  private final SimulatedUniverse universe;
  private final SimulatedUniverse.Client machine;
  private final FiberSurroundings surroundings;

  private FiberDriver(SimulatedUniverse universe, SimulatedUniverse.Client machine) {
    this.universe = universe;
    this.machine = machine;
    this.surroundings =
        new FiberSurroundings(
            universe.world(), machine.env().random().fork("driver"), machine.env()::fibers);
  }

  /** A client on a machine; call its methods on one fiber of that machine only. */
  public static SqlClient client(SimulatedUniverse universe, SimulatedUniverse.Client machine) {
    FiberDriver driver = new FiberDriver(universe, machine);
    MeridianDataSource source = new MeridianDataSource("mem:simulated", driver.ways());
    source.setSetting("networkTimeoutMillis", Integer.toString(SILENCE_MILLIS_MAX));
    return new DriverClient(source, driver);
  }

  /** Servers near to the client first. */
  private List<Connector> ways() {
    List<ServerId> servers = new ArrayList<>(universe.near(machine.machine()));
    universe.members().stream().filter(server -> !servers.contains(server)).forEach(servers::add);
    return servers.stream().<Connector>map(Way::new).toList();
  }

  /** A way to a server. */
  private final class Way implements Connector {
    private final ServerId server;

    Way(ServerId server) {
      this.server = server;
    }

    @Override
    public FrameChannel connect(FrameChannel.Listener listener) {
      return universe.connect(machine.machine(), server, surroundings.telling(listener));
    }

    @Override
    public Surroundings surroundings() {
      return surroundings;
    }

    @Override
    public String toString() {
      return server.toString();
    }
  }

  @Override
  public RandomSource random() {
    return machine.env().random();
  }

  @Override
  public void pause(Duration length) {
    machine.env().fibers().sleep(length);
  }

  @Override
  public void begins(String sql) {
    universe.tables().begins(machine.machine(), sql);
  }

  @Override
  public void ended() {
    universe.tables().ended(machine.machine());
  }
}
