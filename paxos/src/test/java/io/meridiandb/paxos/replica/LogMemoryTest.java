package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.paxos.core.PaxosConfig;
import io.meridiandb.paxos.core.PaxosCore;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.MembersFixture.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Protocol G26 on a server with little memory: what a laggard lacks is served from the disk. */
final class LogMemoryTest {
  private static final int COMMAND_BYTES = 256 << 10;
  private static final int COMMANDS = 40;

  private static PaxosCore core(Server server) {
    return ((GroupReplica) server.replica).core();
  }

  private static String command(int number) {
    return number + "x".repeat(COMMAND_BYTES);
  }

  @Test
  void aLaggardCatchesUpFromDisksWhileOthersGoOn() {
    ReplicaSet members = ReplicaSet.of(MembersFixture.ids(1, 2), MembersFixture.ids(3), List.of());
    try (MembersFixture f = new MembersFixture(3, 3, members)) {
      Server leader = f.leader();
      int late = 3 - (int) leader.id.value();
      f.crash(late);
      List<String> commands = new ArrayList<>();
      for (int i = 0; i < COMMANDS; i++) {
        commands.add(command(i));
        f.propose(commands.getLast());
      }
      f.rest(Duration.ofSeconds(1));
      for (Server server : List.of(leader, f.server(3))) {
        assertThat(core(server).logBytes()).isGreaterThan((long) COMMANDS * COMMAND_BYTES);
        assertThat(core(server).bytesInMemory()).isLessThan(PaxosConfig.MEMORY_BYTES_MAX);
      }
      f.restart(late);
      f.until(() -> f.server(late).values().size() > 2);
      commands.add("meanwhile");
      f.propose("meanwhile");
      assertThat(f.server(late).values()).as("it still lags").hasSizeLessThan(COMMANDS);
      f.until(() -> f.server(late).values().equals(commands));
      assertThat(core(f.server(late)).bytesInMemory()).isLessThan(PaxosConfig.MEMORY_BYTES_MAX);
    }
  }

  /** The only other full replica has gone for ever; the witness alone has what it said. */
  @Test
  void aCandidateGetsOldEntriesFromTheWitness() {
    ReplicaSet members = ReplicaSet.of(MembersFixture.ids(1, 2), MembersFixture.ids(3), List.of());
    try (MembersFixture f = new MembersFixture(4, 3, members)) {
      Server leader = f.leader();
      int late = 3 - (int) leader.id.value();
      f.crash(late);
      List<String> commands = new ArrayList<>();
      for (int i = 0; i < COMMANDS; i++) {
        commands.add(command(i));
        f.propose(commands.getLast());
      }
      f.rest(Duration.ofSeconds(1));
      f.crash((int) leader.id.value());
      f.restart(late);
      f.until(() -> f.server(late).leads());
      assertThat(f.server(late).values()).isEqualTo(commands);
    }
  }

  @Test
  void manyGroupsShareWhatOneServerKeepsInMemory() {
    assertThat(EntryReads.share(0)).isEqualTo(PaxosConfig.MEMORY_BYTES_MAX);
    assertThat(EntryReads.share(8)).isEqualTo(PaxosConfig.MEMORY_BYTES_MAX);
    assertThat(EntryReads.share(9)).isLessThan(PaxosConfig.MEMORY_BYTES_MAX);
    assertThat(1_000 * EntryReads.share(1_000)).isLessThanOrEqualTo(EntryReads.MEMORY_BYTES_MAX);
  }
}
