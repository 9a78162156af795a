package io.meridiandb.spanserver.group;

import static io.meridiandb.spanserver.group.RegionServers.A;
import static io.meridiandb.spanserver.group.RegionServers.B;
import static io.meridiandb.spanserver.group.RegionServers.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.gateway.Accounts;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Transactions that hold locks go on while the leaders of their groups are handed over, over real
 * Paxos and far apart (protocol G7). Nothing here is run again: an attempt that fails fails the
 * test.
 */
class HandedOverTransactionsTest {
  private static final String LIVED = "txn.handover.lived";
  private static final Duration DEADLINE = Duration.ofSeconds(120);
  private long sequence = 10;

  private Transaction begin(RegionServers regions, ServerId at) {
    return regions
        .gateway(at)
        .begin(new TxnId(1, 1, ++sequence, 1), TransactionOptions.readWrite(0, DEADLINE));
  }

  private static void put(RegionServers regions, Transaction transaction, long id, long amount) {
    byte[] row = regions.accounts.row(id, amount);
    transaction.write(List.of(Mutation.put(regions.accounts.key(id), row)), false, Accounts.SCHEMA);
  }

  private void open(RegionServers regions, long... ids) throws Exception {
    regions.at(
        A,
        () -> {
          Transaction transaction = begin(regions, A);
          for (long id : ids) {
            put(regions, transaction, id, 0);
          }
          return transaction.commit(Accounts.SCHEMA);
        });
    regions.world.runFor(Duration.ofSeconds(1));
  }

  /** Adds one to each of them, after it has locked them all. */
  private static Transaction addOne(RegionServers regions, Transaction transaction, long... ids) {
    for (long id : ids) {
      long before = regions.accounts.amount(transaction, id, LockMode.EXCLUSIVE);
      put(regions, transaction, id, before + 1);
    }
    return transaction;
  }

  private Transaction addOne(RegionServers regions, ServerId at, long... ids) throws Exception {
    Transaction transaction = begin(regions, at);
    return regions.at(at, () -> addOne(regions, transaction, ids));
  }

  private static void commit(RegionServers regions, ServerId at, Transaction transaction)
      throws Exception {
    regions.at(at, () -> transaction.commit(Accounts.SCHEMA));
  }

  private long amount(RegionServers regions, long id) throws Exception {
    return regions.at(
        B,
        () -> {
          Transaction transaction = begin(regions, B);
          long amount = regions.accounts.amount(transaction, id, LockMode.SHARED);
          transaction.commit(Accounts.SCHEMA);
          return amount;
        });
  }

  @Test
  void anOpenTransactionGoesOnWhereverTheLeaderIs() throws Exception {
    try (RegionServers regions = new RegionServers(50, List.of(A, A))) {
      open(regions, 100);
      Transaction first = addOne(regions, B, 100);
      regions.handOver(1, C);
      commit(regions, B, first);
      assertThat(regions.leader(1)).isEqualTo(C);
      assertThat(regions.counted(LIVED)).isEqualTo(1);
      Transaction second = addOne(regions, B, 100); // does nothing while the leader goes home
      regions.world.runUntil(() -> A.equals(regions.leader(1)), Duration.ofMinutes(1));
      regions.world.runFor(TxnLimits.LOCK_LEASE.multipliedBy(2)); // whom to tell that it lives?
      commit(regions, B, second);
      assertThat(regions.counted(LIVED)).isEqualTo(2);
      Transaction third = addOne(regions, B, 100);
      regions.handOver(1, C);
      regions.world.runUntil(() -> C.equals(regions.leader(1)), Duration.ofSeconds(5));
      regions.leave(C); // and its leadership to somebody else, and from there home
      regions.world.runFor(TxnLimits.LOCK_LEASE.multipliedBy(2));
      commit(regions, B, third);
      assertThat(regions.counted(LIVED)).isEqualTo(3);
      assertThat(amount(regions, 100)).isEqualTo(3);
    }
  }

  /** It asks for nothing, and who granted its locks cannot say any more who has them. */
  @Test
  void anIdleTransactionFindsItsLeader() throws Exception {
    try (RegionServers regions = new RegionServers(52, List.of(B, C))) {
      open(regions, 100);
      regions.handOver(1, A);
      regions.world.runUntil(() -> A.equals(regions.leader(1)), Duration.ofSeconds(5));
      Transaction idle = addOne(regions, B, 100);
      regions.world.runUntil(() -> C.equals(regions.leader(1)), Duration.ofMinutes(1));
      regions.leave(A);
      regions.world.runFor(TxnLimits.LOCK_LEASE.multipliedBy(2));
      commit(regions, B, idle);
      assertThat(regions.counted(LIVED)).isEqualTo(1);
    }
  }

  /** A server that ends hands over first, then rolls back what is still open at it. */
  @Test
  void whatIsRolledBackMeanwhileIsFreeAtOnce() throws Exception {
    try (RegionServers regions = new RegionServers(53, List.of(A, A))) {
      open(regions, 100);
      for (int i = 0; i < 5; i++) {
        Transaction open = addOne(regions, B, 100);
        regions.handOver(1, C.equals(regions.leader(1)) ? B : C);
        regions.world.runFor(Duration.ofMillis(60L * i));
        regions.at(
            B,
            () -> {
              open.rollback();
              return true;
            });
        Duration before = regions.world.elapsed();
        Transaction next = addOne(regions, B, 100);
        assertThat(regions.world.elapsed().minus(before))
            .as("rolled back after %d ms", 60 * i)
            .isLessThan(Duration.ofSeconds(2));
        commit(regions, B, next);
      }
      assertThat(amount(regions, 100)).isEqualTo(5);
    }
  }

  @Test
  void noMomentIsBad() throws Exception {
    try (RegionServers regions = new RegionServers(51, List.of(A, A, A))) {
      open(regions, 100, 200);
      for (int i = 0; i < 16; i++) {
        List<Transaction> done = new ArrayList<>();
        regions
            .world
            .server(B)
            .fibers()
            .start(
                "both",
                () -> {
                  Transaction both = addOne(regions, begin(regions, B), 100, 200);
                  both.commit(Accounts.SCHEMA);
                  done.add(both);
                });
        regions.world.runFor(Duration.ofMillis(40L * i)); // locks, locks, prepares, tells
        regions.handOver(1 + i % 2, C.equals(regions.leader(1 + i % 2)) ? B : C);
        regions.world.runFor(Duration.ofSeconds(8));
        assertThat(done).as("handed over after %d ms", 40 * i).hasSize(1);
      }
      assertThat(amount(regions, 100)).isEqualTo(16);
      assertThat(amount(regions, 200)).isEqualTo(16);
      assertThat(regions.counted(LIVED)).isGreaterThan(2);
    }
  }
}
