package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosConfig;
import io.meridiandb.paxos.replica.HostFixture.Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Commands as large as they may be, and one byte larger; logs that are full of them. */
final class LargeCommandsTest {
  private static final int MAX = LogEntry.PAYLOAD_BYTES_MAX;

  private static Server other(HostFixture world, Server... not) {
    return world.servers.values().stream()
        .filter(s -> !List.of(not).contains(s))
        .findFirst()
        .orElseThrow();
  }

  private static String text(int bytes) {
    return "x".repeat(bytes);
  }

  /** Reliability E8: what is too large is refused before anything is done with it. */
  @Test
  void theLargestCommandIsChosenAndALargerOneRefused() {
    try (HostFixture world = new HostFixture(1, 3)) {
      Server leader = world.leader();
      world.propose(leader, text(MAX));
      CompletableFuture<Throwable> refused = new CompletableFuture<>();
      leader.strand.execute(() -> {
        try {
          leader.replica.propose(ByteString.copyFrom(new byte[MAX + 1]));
        } catch (InvariantViolation e) {
          refused.complete(e);
        }
      });
      world.until(refused::isDone);
      assertThat(refused.join()).hasMessageContaining("at most " + MAX);
      world.propose(leader, "next");
      Server follower = other(world, leader);
      world.until(() -> follower.applied.size() == 2);
      assertThat(follower.applied.getFirst()).hasSize(MAX);
      world.crash(follower);
      world.restart(follower);
      world.until(() -> follower.applied.size() == 2);
      assertThat(world.world.failures()).isEmpty();
    }
  }

  /**
   * A follower lacks one chosen command and all that may be unchosen: together more than fits into
   * a message. The chosen one goes first; the rest must go in one piece (protocol G5).
   */
  @Test
  void aWholeLogOfLargeCommandsFitsIntoItsMessages() {
    assertThat((long) MAX + PaxosConfig.UNCHOSEN_BYTES_MAX + MAX)
        .as("too much for one message")
        .isGreaterThanOrEqualTo(Messenger.MESSAGE_BYTES_MAX);
    try (HostFixture world = new HostFixture(2, 3)) {
      Server leader = world.leader();
      Server near = other(world, leader);
      Server late = other(world, leader, near);
      world.propose(leader, "first");
      world.until(() -> late.applied.size() == 1);
      world.world.network().isolate(late.id);
      world.propose(leader, text(MAX));
      world.until(() -> near.applied.size() == 2); // it is known to be chosen
      world.world.network().isolate(leader.id);
      int half = PaxosConfig.UNCHOSEN_BYTES_MAX / 2 - LogEntry.OVERHEAD_BYTES - 1;
      List.of(half, half, MAX).forEach(bytes -> leader.propose(text(bytes)));
      world.world.runFor(Duration.ofMillis(300)); // on the disk of the leader alone
      world.crash(leader);
      world.restart(leader);
      world.world.network().joinAll();
      world.world.network().isolate(near.id);
      world.until(() -> leader.leads() && late.applied.size() == 5);
      assertThat(late.applied.getLast()).hasSize(MAX);
      assertThat(world.world.failures()).isEmpty();
    }
  }

  /** What keeps a leader the leader never waits behind what is large. */
  @Test
  void leasesTravelInALaneOfTheirOwn() {
    List.of(
            PaxosMessages.LEASE_REQUEST,
            PaxosMessages.LEASE_REPLY,
            PaxosMessages.CLOSE,
            PaxosMessages.READ_TIME)
        .forEach(type -> assertThat(type.lane()).isEqualTo(Lane.CONTROL));
    List.of(PaxosMessages.GROUP, PaxosMessages.IMAGE_PART)
        .forEach(type -> assertThat(type.lane()).isEqualTo(Lane.DATA));
  }
}
