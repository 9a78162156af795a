package io.meridiandb.spanserver.group;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.proto.ReadTimeProto;
import io.meridiandb.paxos.replica.PaxosMessages;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks leaders to close the present for reads that wait at this server, one request for each server
 * and moment, whatever the number of reads and groups (READ-TIME, protocol C4). The answer is a
 * CLOSE like any other.
 *
 * <p>A read that comes while a request is under way is served by the next one, which leaves a
 * little later and does not wait for the first: an answer that was given before a read began may
 * lack what that read must see (G19, attack 30). Runs on the server strand.
 */
final class ReadTimes {
  /** Requests to one server are this far apart, if not farther. */
  static final Duration SPACING = Duration.ofMillis(5);

  private static final class Peer {
    long sentNanos;
    boolean sentBefore;
    boolean due;
    Timestamp wanted = Timestamp.MIN;
  }

  private final Env env;
  private final Messenger messenger;
  private final Strand strand;
  private final Map<ServerId, Peer> peers = new TreeMap<>();

  ReadTimes(Env env, Messenger messenger, Strand strand) {
    this.env = env;
    this.messenger = messenger;
    this.strand = strand;
  }

  /** A read at {@code t} has come whose group is led by {@code leader}, and {@code t} is open. */
  void want(ServerId leader, Timestamp t) {
    Peer peer = peers.computeIfAbsent(leader, server -> new Peer());
    peer.wanted = Timestamp.max(peer.wanted, t);
    if (!peer.due) {
      peer.due = true;
      long passed = env.clocks().bootNanos() - peer.sentNanos;
      long left = peer.sentBefore ? Math.max(0, SPACING.toNanos() - passed) : 0;
      strand.schedule(Duration.ofNanos(left), () -> send(leader, peer));
    }
  }

  private void send(ServerId leader, Peer peer) {
    env.events().count("spanserver.read.times", 1);
    peer.due = false;
    peer.sentBefore = true;
    peer.sentNanos = env.clocks().bootNanos();
    messenger.send(
        leader,
        PaxosMessages.READ_TIME,
        GroupId.ZERO,
        ReadTimeProto.newBuilder().setWantedNanos(peer.wanted.nanos()).build());
    peer.wanted = Timestamp.MIN;
  }
}
