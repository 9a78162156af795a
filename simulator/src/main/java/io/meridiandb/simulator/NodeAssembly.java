package io.meridiandb.simulator;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.paxos.lease.LeaseConfig;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.server.Node;
import io.meridiandb.server.NodeConfig;
import io.meridiandb.server.NodeParts;
import io.meridiandb.server.NodeStatus;
import io.meridiandb.simulator.invariant.ObservedParts;
import io.meridiandb.simulator.invariant.Observer;
import io.meridiandb.simulator.invariant.Sight;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The real servers: the same {@link Node#assemble} that a process calls, with sizes and times of a
 * {@link Tuning}.
 */
public final class NodeAssembly implements SimulatedNode.Assembly {
  /** What stands around and between the parts of a server; by default nothing. */
  public interface Fittings {
    /** Every server is as it comes. */
    Fittings NONE = new Fittings() {};

    /** The server's world, as the server sees it. */
    default Env env(Env env, ServerIdentity self) {
      return env;
    }

    /** The server's clock, as the server sees it. */
    default TrueTime trueTime(TrueTime trueTime, Env env, ServerIdentity self) {
      return trueTime;
    }

    /** Its parts in one life. */
    default NodeParts parts(Env env, ServerIdentity self) {
      return NodeParts.PLAIN;
    }
  }

  private static final Observer NOBODY = new Observer() {};

  private final Tuning tuning;
  private final Fittings fittings;
  private final Observer observer;

  /** Servers with the sizes and times that most runs have. */
  public NodeAssembly() {
    this(Fittings.NONE);
  }

  /** The same with something around and between their parts. */
  public NodeAssembly(Fittings fittings) {
    this(Tuning.STANDARD, fittings, NOBODY);
  }

  private NodeAssembly(Tuning tuning, Fittings fittings, Observer observer) {
    this.tuning = tuning;
    this.fittings = fittings;
    this.observer = observer;
  }

  @Override
  public SimulatedNode.Assembly observedBy(Observer listener) {
    return new NodeAssembly(tuning, fittings, listener);
  }

  @Override
  public SimulatedNode.Assembly tuned(RandomSource random) {
    return new NodeAssembly(Tuning.draw(random), fittings, observer);
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  @Override
  public SimulatedNode assemble(Env world, ServerIdentity self, Shape shape, Duration clockBound) {
    Env env = fittings.env(world, self);
    TrueTime trueTime =
        fittings.trueTime(TrueTimes.staticBound(env.clocks(), clockBound), env, self);
    NodeConfig config =
        new NodeConfig(
            self,
            self.server().toString(),
            shape.topology(),
            groupZero(shape),
            new NodeConfig.Times(lease(shape), tuning.replaceAfter()),
            tuning.sizes());
    NodeParts parts = new ObservedParts(self, fittings.parts(env, self), observer);
    return new RealNode(self.server(), Node.assemble(env, trueTime, config, parts), new Look(self));
  }

  /**
   * Leases as drawn, but no short ones between regions: where a lease is a few round trips only, a
   * leader that was handed over loses it again, and a placement whose leader is wished for
   * elsewhere is hardly ever led.
   */
  private LeaseConfig lease(Shape shape) {
    LeaseConfig drawn = tuning.lease();
    boolean shortOne = drawn.length().compareTo(LeaseConfig.DEFAULT.length()) < 0;
    return shortOne && shape.regions().size() > 1 ? LeaseConfig.DEFAULT : drawn;
  }

  /** Voters where the shape says, the other servers follow. */
  private static ReplicaSet groupZero(Shape shape) {
    List<ServerId> voters = shape.firstVoters();
    List<ServerId> others =
        shape.servers().stream().filter(server -> !voters.contains(server)).toList();
    return ReplicaSet.of(voters, List.of(), others);
  }

  private record RealNode(ServerId self, Node node, Look look) implements SimulatedNode {
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
    public Sight.@Nullable Server peek() {
      if (node.died().isDone()) {
        return null;
      }
      return look.at(node.glance());
    }

    @Override
    public CompletableFuture<Boolean> leads() {
      return node.status()
          .thenApply(status ->
              status.groups().stream()
                  .anyMatch(group -> group.group().equals(GroupId.ZERO) && group.leading()));
    }

    @Override
    public long handOverOne(RandomSource random) {
      List<NodeStatus.GroupStatus> led =
          node.statusNow().groups().stream()
              .filter(group -> group.leading() && group.members().full().size() > 1)
              .toList();
      if (led.isEmpty()) {
        return -1;
      }
      NodeStatus.GroupStatus group = led.get(random.nextInt(led.size()));
      List<ServerId> others = new ArrayList<>(group.members().full());
      others.remove(self);
      node.handOver(group.group(), others.get(random.nextInt(others.size())));
      return group.group().value();
    }

    @Override
    public CompletableFuture<?> drain() {
      return node.drain();
    }

    @Override
    public CompletableFuture<Boolean> fenced() {
      return node.status().thenApply(NodeStatus::fenced);
    }

    @Override
    public FrameChannel.Listener connect(FrameChannel toClient) {
      return node.connect(toClient);
    }
  }
}
