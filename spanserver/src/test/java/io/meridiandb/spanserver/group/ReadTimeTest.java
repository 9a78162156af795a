package io.meridiandb.spanserver.group;

import static io.meridiandb.spanserver.group.RegionServers.A;
import static io.meridiandb.spanserver.group.RegionServers.B;
import static io.meridiandb.spanserver.group.RegionServers.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Accounts;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Strong reads at the replica in the reader's region, whose leader is in another (protocol C4,
 * READ-TIME, G19), in virtual time over real Paxos.
 */
class ReadTimeTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final int READS = 60;

  private long sequence;

  private void put(RegionServers regions, ServerId at, long account, long amount) throws Exception {
    regions.at(
        at,
        () -> {
          Gateway gateway = regions.gateway(at);
          Transaction t =
              gateway.begin(
                  new TxnId(1, 1, ++sequence, 1), TransactionOptions.readWrite(0, DEADLINE));
          byte[] row = regions.accounts.row(account, amount);
          t.write(
              List.of(Mutation.put(regions.accounts.key(account), row)), false, Accounts.SCHEMA);
          return t.commit(Accounts.SCHEMA);
        });
  }

  /** What a strong read at a server takes. */
  private Duration read(RegionServers regions, ServerId at, long account, long expected)
      throws Exception {
    return regions.at(
        at,
        () -> {
          Duration before = regions.world.elapsed();
          Transaction t =
              regions
                  .gateway(at)
                  .begin(new TxnId(1, 2, ++sequence, 1), TransactionOptions.strongRead(DEADLINE));
          assertThat(regions.accounts.amount(t, account, LockMode.NONE)).isEqualTo(expected);
          return regions.world.elapsed().minus(before);
        });
  }

  @Test
  void aReplicaFarFromItsLeaderTakesNoLongerThanTheLeader() throws Exception {
    try (RegionServers regions = new RegionServers(30, List.of(A, B, C))) {
      RandomSource random = regions.world.random("pauses");
      StringBuilder report = new StringBuilder();
      for (long group = 1; group <= 2; group++) {
        long account = 100 * group;
        ServerId leader = group == 1 ? B : C;
        long roundTrip = group == 1 ? 80 : 160;
        put(regions, leader, account, 7);
        regions.world.runFor(Duration.ofSeconds(1));
        read(regions, A, account, 7); // how far the leader is is measured, if it was not before
        List<Long> took = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
          regions.world.runFor(Duration.ofMillis(100 + random.nextInt(200)));
          took.add(read(regions, A, account, 7).toMillis());
        }
        took.sort(null);
        report.append(
            "leader %d ms away: strong reads nearby took %d to %d ms, median %d, mean %.0f%n"
                .formatted(
                    roundTrip,
                    took.getFirst(),
                    took.getLast(),
                    took.get(READS / 2),
                    took.stream().mapToLong(each -> each).average().orElseThrow()));
        assertThat(took.getLast())
            .as("%s", took)
            .isLessThanOrEqualTo(roundTrip + roundTrip / 20 + 8);
        assertThat(took.getFirst()).as("the leader's own word came before").isLessThan(roundTrip);
      }
      System.out.print(report);
    }
  }

  @Test
  void eachReadSeesWhatWasAcknowledgedBeforeItBegan() throws Exception { // G19, attack 30
    try (RegionServers regions = new RegionServers(31, List.of(A, B, C))) {
      put(regions, B, 100, 0);
      read(regions, A, 100, 0);
      int[] under = {0};
      for (int i = 1; i <= READS; i++) {
        put(regions, B, 100, i);
        long least = i;
        regions
            .world
            .server(A)
            .fibers()
            .start(
                "reader",
                () -> {
                  under[0]++;
                  Transaction t =
                      regions
                          .gateway(A)
                          .begin(
                              new TxnId(1, 3, ++sequence, 1),
                              TransactionOptions.strongRead(DEADLINE));
                  assertThat(regions.accounts.amount(t, 100, LockMode.NONE))
                      .isGreaterThanOrEqualTo(least);
                  under[0]--;
                });
      }
      regions.world.runFor(Duration.ofSeconds(2));
      assertThat(under[0]).isZero();
    }
  }
}
