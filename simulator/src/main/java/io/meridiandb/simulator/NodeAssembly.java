package io.meridiandb.simulator;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.log.LogOptions;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.server.Node;
import io.meridiandb.server.NodeConfig;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.spanserver.group.GroupOptions;
import io.meridiandb.spanserver.tablet.TabletOptions;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The real servers: the same {@link Node#assemble} that a process calls. Files are small, so that
 * seconds of virtual time roll segments, flush memtables and compact files.
 */
public final class NodeAssembly implements SimulatedNode.Assembly {
  private static final TabletOptions TABLET =
      new TabletOptions(64 << 10, Duration.ofSeconds(3), 4, 1 << 20);
  private static final NodeConfig.Sizes SIZES =
      new NodeConfig.Sizes(
          new LogOptions(128 << 10, 64 << 10),
          new GroupOptions(TABLET, Duration.ofHours(1)),
          64L << 20,
          false);

  @Override
  public SimulatedNode assemble(Env env, ServerIdentity self, Shape shape, Duration clockBound) {
    TrueTime trueTime = TrueTimes.staticBound(env.clocks(), clockBound);
    NodeConfig config =
        new NodeConfig(
            self,
            self.server().toString(),
            shape.topology(),
            groupZero(shape),
            LeaseConfig.DEFAULT,
            SIZES);
    return new RealNode(Node.assemble(env, trueTime, config));
  }

  /** Voters where the shape says, the other servers follow. */
  private static ReplicaSet groupZero(Shape shape) {
    List<ServerId> voters = shape.firstVoters();
    List<ServerId> others =
        shape.servers().stream().filter(server -> !voters.contains(server)).toList();
    return ReplicaSet.of(voters, List.of(), others);
  }

  private record RealNode(Node node) implements SimulatedNode {
    @Override
    public void start() {
      node.start();
    }

    @Override
    public CompletableFuture<?> started() {
      return node.started();
    }

    @Override
    public CompletableFuture<String> died() {
      return node.died();
    }

    @Override
    public FrameChannel.Listener connect(FrameChannel toClient) {
      return node.connect(toClient);
    }
  }
}
