package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Guards reliability C 1-3, 5 and 8 after every event of long runs with all faults at once:
 * messages lost, late, doubled and overtaken, links cut one way or both, crashes, pauses, slow
 * disks, clocks anywhere within their bound, hand-overs, any members become any others, images. In
 * the end everything must come to rest. Three and five voters, with and without witnesses.
 */
final class DeepTest {
  private final FaultTable table = new FaultTable();
  private long chosen;
  private long reigns;

  private void run(long seed, Duration faults, boolean memory) {
    int kind = (int) (seed % 4);
    PaxosSimulation world =
        new PaxosSimulation(seed, kind == 0 ? 3 : 5, servers -> begin(kind, servers), Doubles.NONE);
    world.withPauses();
    if (!memory) {
      world.withLittleMemory();
    }
    try {
      world.run(faults, Duration.ofSeconds(25));
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + " of " + faults + ": " + e.getMessage(), e);
    }
    table.add(world.table);
    chosen += world.chosenCount();
    reigns += world.reigns;
  }

  private static ReplicaSet begin(int kind, List<ServerId> ids) {
    return switch (kind) {
      case 0, 1 -> ReplicaSet.ofFull(ids);
      case 2 -> ReplicaSet.of(ids.subList(0, 2), ids.subList(2, 3), ids.subList(3, 4));
      default -> ReplicaSet.of(ids.subList(0, 3), ids.subList(3, 5), List.of());
    };
  }

  private void report(int seeds) {
    System.out.printf("%d seeds, %d reigns, %d entries chosen%n%s", seeds, reigns, chosen, table);
    assertThat(table.inVain()).as("kinds of fault that never mattered").isEmpty();
  }

  @Test
  void aSlice() {
    int seeds = Integer.getInteger("paxos.deep.seeds", 16);
    for (int seed = 0; seed < seeds; seed++) {
      run(50_000 + seed, Duration.ofSeconds(60), seed % 2 == 0);
    }
    report(seeds);
  }

  /** 60890: the only full member had been a witness, and had given its data up. */
  @Test
  void aSeedThatStoodStill() {
    run(60_890, Duration.ofSeconds(60), true);
  }

  @Test
  @Tag("deep")
  void aThousandMinutes() {
    for (int seed = 0; seed < 1_000; seed++) {
      run(60_000 + seed, Duration.ofSeconds(60), seed % 2 == 0);
    }
    report(1_000);
  }

  @Test
  @Tag("deep")
  void aHundredTimesFiveMinutes() {
    for (int seed = 0; seed < 100; seed++) {
      run(70_000 + seed, Duration.ofMinutes(5), seed % 2 == 0);
    }
    report(100);
  }
}
