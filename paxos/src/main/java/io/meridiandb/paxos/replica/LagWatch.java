package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.core.VoterLag;
import java.util.Collection;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says, once each, which voters of the groups led here lag too far (DESIGN 4). */
final class LagWatch {
  private final Events events;
  private final TreeMap<GroupId, TreeSet<ServerId>> told = new TreeMap<>();

  LagWatch(Events events) {
    this.events = events;
  }

  void look(Collection<GroupReplica> replicas) {
    for (GroupReplica replica : replicas) {
      TreeSet<ServerId> late = new TreeSet<>();
      for (VoterLag lag : replica.lags()) {
        if (lag.tooFar()) {
          late.add(lag.voter());
          tell(replica.group(), lag);
        }
      }
      if (late.isEmpty()) {
        told.remove(replica.group());
      } else {
        told.put(replica.group(), late);
      }
    }
  }

  private void tell(GroupId group, VoterLag lag) {
    if (!told.getOrDefault(group, new TreeSet<>()).contains(lag.voter())) {
      events.count("paxos.voters.to-replace", 1);
      events.event(Level.WARNING, "paxos", group + ": " + lag);
    }
  }
}
