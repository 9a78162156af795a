package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * In which order the replicas of a server are ticked: from the one on whose turn it is, and around.
 */
final class Turns {
  private final NavigableMap<GroupId, GroupReplica> replicas;
  private GroupId first = GroupId.ZERO;

  /** Never changed once made: a tick may open and close replicas. Null if it is not so any more. */
  private @Nullable List<GroupReplica> order;

  Turns(NavigableMap<GroupId, GroupReplica> replicas) {
    this.replicas = replicas;
  }

  /** All replicas. */
  List<GroupReplica> order() {
    List<GroupReplica> known = order;
    if (known == null) {
      known = new ArrayList<>(replicas.tailMap(first, true).values());
      known.addAll(replicas.headMap(first, false).values());
      order = known;
    }
    return known;
  }

  /** The replica of {@code group} comes first from now on. */
  void beginAt(GroupId group) {
    first = group;
    order = null;
  }

  /** A replica was opened or closed. */
  void changed() {
    order = null;
  }
}
