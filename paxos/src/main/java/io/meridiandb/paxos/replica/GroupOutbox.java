package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.paxos.core.PaxosEffects.Outgoing;
import io.meridiandb.paxos.core.PaxosMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends what one replica says. What followers that are equally far are told in a row is the same,
 * and is encoded once.
 */
final class GroupOutbox {
  private final Messenger messenger;
  private final GroupId group;

  GroupOutbox(Messenger messenger, GroupId group) {
    this.messenger = messenger;
    this.group = group;
  }

  /** Sends all, in order. */
  void send(List<Outgoing> messages) {
    int next = 0;
    while (next < messages.size()) {
      PaxosMessage message = messages.get(next).message();
      List<ServerId> to = new ArrayList<>(2);
      do {
        to.add(messages.get(next++).to());
      } while (next < messages.size() && messages.get(next).message().equals(message));
      messenger.send(to, PaxosMessages.GROUP, group, PaxosWire.encode(message));
    }
  }
}
