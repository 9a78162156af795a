package io.meridiandb.junit;

import io.meridiandb.simulator.fault.FaultCatalog;
import io.meridiandb.simulator.fault.Swarm;
import java.time.Duration;
import java.util.List;

/** What can go wrong by itself while a test runs. When and where is drawn from the seed. */
public enum Fault {
  /** Servers lose their power: what was not forced to disk is gone or torn. They start again. */
  SERVER_CRASHES("power-lost", "power-lost-in-a-write", "process-killed", "leader-killed"),
  /** All servers of a region are gone for up to ten seconds. */
  REGION_LOSSES("region-lost"),
  /** Links between servers are cut, one way or both, for seconds; servers are isolated. */
  NETWORK_CUTS("cut-one-way", "cut-both-ways", "isolate", "region-cut"),
  /** Links hold up their frames for seconds and then deliver them. */
  NETWORK_CLOGS("clog-one-way", "swizzle-clog"),
  /** Frames between servers are lost, doubled and overtaken, two of a hundred each. */
  LOST_MESSAGES(),
  /** Connections of clients break in the middle of whatever they do. */
  BROKEN_CONNECTIONS("connection-break"),
  /** Servers stand still, as in a collection of garbage, also for longer than their leases. */
  SERVER_PAUSES("pause", "pause-beyond-lease", "leader-paused"),
  /** Disks hang, or take long for each force. */
  SLOW_DISKS("disk-stall", "disk-slow"),
  /** Servers are restarted in order, one after another, as an upgrade does. */
  RESTARTS("leader-drained", "rolling-restart");

  private final List<String> kinds;

  Fault(String... kinds) {
    this.kinds = List.of(kinds);
  }

  /** Its kinds, which together strike about so often. */
  List<Swarm.Planned> planned(Duration every) {
    return kinds.stream()
        .map(kind -> new Swarm.Planned(FaultCatalog.named(kind), every.multipliedBy(kinds.size())))
        .toList();
  }
}
