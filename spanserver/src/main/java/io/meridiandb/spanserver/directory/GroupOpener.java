package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.membership.ReplicaSet;

/** Makes replicas on this server; the server's assembly implements it. */
public interface GroupOpener {
  /**
   * Has a replica of a group from now on, also after a restart. Called on a fiber; may wait for the
   * disk. If there is one already nothing happens: its own configuration prevails.
   *
   * @param members who has replicas when the group begins, this server among them; for a server
   *     that is to join, the present members and itself as read-only, or as a witness
   * @throws RuntimeException if it cannot be made; the caller is told and will ask again
   */
  void open(GroupId group, ReplicaSet members);
}
