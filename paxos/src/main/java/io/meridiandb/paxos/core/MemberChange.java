package io.meridiandb.paxos.core;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.membership.ReplicaSet;

/**
 * A change of members that a leader was asked for.
 *
 * @param target the members to be
 * @param giveUpAt if new members have not caught up by then, the change is given up
 */
record MemberChange(ReplicaSet target, Timestamp giveUpAt) {}
