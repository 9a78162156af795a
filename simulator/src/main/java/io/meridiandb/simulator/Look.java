package io.meridiandb.simulator;

import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.server.Node;
import io.meridiandb.simulator.invariant.Sight;
import io.meridiandb.spanserver.group.HostedReplica;
import java.util.ArrayList;
import java.util.List;

/**
 * What was seen of one server in one life when it was looked at last. Most events change nothing of
 * what can be seen: then nothing is made anew but the time.
 */
final class Look {
  private final ServerIdentity self;
  private List<Sight.Group> groups = List.of();

  Look(ServerIdentity self) {
    this.self = self;
  }

  Sight.Server at(Node.Glance glance) {
    if (!isAsSeen(glance)) {
      List<Sight.Group> anew = new ArrayList<>();
      glance.replicas().forEach(each -> anew.add(seen(each, glance)));
      groups = anew;
    }
    return new Sight.Server(
        self.server(), self.incarnation(), glance.clock(), glance.fenced(), groups);
  }

  private boolean isAsSeen(Node.Glance glance) {
    List<HostedReplica> replicas = glance.replicas();
    if (replicas.size() != groups.size()) {
      return false;
    }
    for (int i = 0; i < replicas.size(); i++) { // after every event: without an iterator
      if (!isAsSeen(replicas.get(i), groups.get(i), glance)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAsSeen(HostedReplica each, Sight.Group before, Node.Glance glance) {
    Replica replica = each.replica();
    return replica.group().value() == before.id()
        && replica.appliedIndex() == before.applied()
        && leads(replica, glance) == before.leading()
        && stopped(each) == before.stopped()
        && replica.ballot().equals(before.ballot());
  }

  private static Sight.Group seen(HostedReplica each, Node.Glance glance) {
    Replica replica = each.replica();
    return new Sight.Group(
        replica.group().value(),
        leads(replica, glance),
        replica.ballot(),
        replica.appliedIndex(),
        stopped(each));
  }

  private static boolean leads(Replica replica, Node.Glance glance) {
    return !glance.fenced() && replica.leaseValidAt(glance.clock());
  }

  private static boolean stopped(HostedReplica each) {
    return each.tablet() != null && each.tablet().stopped();
  }
}
