package io.meridiandb.placement.driver;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.master.LeaseRow;
import io.meridiandb.placement.master.MasterElection;
import io.meridiandb.placement.master.ServerWatch;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * All of placement's parts on one server: its administration, and its candidacies for placement
 * driver, universemaster and master of its zone. Made by the server's assembly; nothing runs before
 * {@link #start}.
 */
public final class PlacementRoles {
  /**
   * How eager the roles are.
   *
   * @param election how long a master's lease lasts
   * @param overfullBytes a group with more than that gives directories away
   * @param replaceAfter a server that has not answered for so long is replaced in its groups
   */
  public record Options(MasterElection.Timing election, long overfullBytes, Duration replaceAfter) {
    private static final long GROUP_BYTES_MAX = 8L << 30;

    /** Groups of 8 GB at most (DESIGN 5). */
    public static final Options DEFAULT =
        new Options(MasterElection.Timing.DEFAULT, GROUP_BYTES_MAX, Duration.ofMinutes(5));

    /** The same with another patience. */
    public Options replacingAfter(Duration silence) {
      return new Options(election, overfullBytes, silence);
    }
  }

  /** What the roles stand on; {@code gateway}'s router is {@code proxy}. */
  public record Ground(
      Env env,
      TrueTime trueTime,
      Messenger messenger,
      Topology topology,
      LocationProxy proxy,
      Gateway gateway) {}

  private static final Duration REFRESH_PAUSE = Duration.ofMillis(200);

  private final Ground ground;
  private final Options options;
  private final PlacementControl control;
  private final MasterElection election;
  private final AtomicBoolean refreshing = new AtomicBoolean();

  /** Puts them together; nothing runs yet. */
  public PlacementRoles(Ground ground, Options options) {
    this.ground = ground;
    this.options = options;
    this.control =
        new PlacementControl(
            ground.env, ground.messenger, ground.topology, ground.proxy, ground.gateway);
    this.election =
        new MasterElection(
            ground.env,
            ground.trueTime,
            control.parts().transactions(),
            ground.messenger.self(),
            options.election);
    ground.proxy.onUnknown(this::refreshLater);
  }

  /** The administration. */
  public PlacementAdmin admin() {
    return control;
  }

  /** Stands for the masters' offices, and fetches METADATA once. */
  public void start() {
    refreshLater();
    election.stand(
        LeaseRow.PLACEMENT_DRIVER,
        new PlacementDriver(ground.env, control, ground.topology, options));
    List<ServerId> all = ground.topology.servers().stream().map(ServerPlace::id).toList();
    election.stand(LeaseRow.UNIVERSEMASTER, watch(LeaseRow.UNIVERSEMASTER, all));
    ServerIdentity self = ground.messenger.self();
    ServerPlace place = ground.topology.find(self.server());
    if (place != null) {
      String name = LeaseRow.zonemaster(place.zone());
      election.stand(
          name,
          watch(name, ground.topology.at(place.zone()).stream().map(ServerPlace::id).toList()));
    }
  }

  private ServerWatch watch(String master, List<ServerId> servers) {
    return new ServerWatch(
        master,
        ground.topology,
        servers,
        asked -> control.parts().spanservers().statuses(asked).keySet(),
        ground.env.events());
  }

  /** Stands for no office any more; leases run out. */
  public void stop() {
    election.stop();
  }

  /** Fetches METADATA on a fiber, once for all who ask within a moment. */
  private void refreshLater() {
    if (!refreshing.compareAndSet(false, true)) {
      return;
    }
    ground
        .env
        .fibers()
        .start(
            "placement-refresh",
            () -> {
              try {
                control.refreshLocations();
                ground.env.fibers().sleep(REFRESH_PAUSE);
              } catch (MeridianException e) {
                ground.env.events().count("placement.refresh.failed", 1);
              } finally {
                refreshing.set(false);
              }
            });
  }
}
