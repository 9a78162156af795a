package io.meridiandb.spanserver.group;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.StateMachine;
import io.meridiandb.spanserver.tablet.TabletHost;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.participant.ParticipantContext;
import io.meridiandb.txn.participant.Recovery;

/**
 * How the parts of a group on one server meet. Each method is given a part and returns what the
 * part's user sees of it: the part itself, or something around it that watches. Called once for
 * each opened group, before it serves.
 */
public interface GroupParts {
  /** Every part is used as it is. */
  GroupParts PLAIN = new GroupParts() {};

  /** The replica, as the group's transactions see it. */
  default Replica replica(Replica replica) {
    return replica;
  }

  /** The group's state machine, as its replica sees it. */
  default StateMachine machine(GroupId group, StateMachine machine) {
    return machine;
  }

  /** What the group tells its tablet. */
  default TabletHost tabletHost(GroupId group, TabletHost host) {
    return host;
  }

  /** Makes the group's participant from what it stands on. */
  default Participant participant(
      ParticipantContext context, Ownership ownership, Recovery recovery) {
    return new Participant(context, ownership, recovery);
  }
}
