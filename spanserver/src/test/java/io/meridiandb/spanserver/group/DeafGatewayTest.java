package io.meridiandb.spanserver.group;

import static io.meridiandb.spanserver.group.RegionServers.A;
import static io.meridiandb.spanserver.group.RegionServers.B;
import static io.meridiandb.spanserver.group.RegionServers.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.txn.gateway.Accounts;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A gateway whose messages arrive and that hears nobody keeps no locks from others: neither by
 * saying that its transaction lives, nor by asking for them again and again (protocol C2).
 */
class DeafGatewayTest {
  private static final long ACCOUNT = 100;
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Until it is known to be deaf, until its locks are given away, and the other's way to them. */
  private static final Duration BOUND =
      TxnLimits.LOCK_LEASE.multipliedBy(2).plus(Duration.ofSeconds(3));

  private static Transaction begin(RegionServers regions, ServerId at, long sequence) {
    return regions
        .gateway(at)
        .begin(new TxnId(1, 1, sequence, 1), TransactionOptions.readWrite(0, DEADLINE));
  }

  private static void open(RegionServers regions) throws Exception {
    regions.at(
        A,
        () -> {
          Transaction transaction = begin(regions, A, 3);
          Key key = regions.accounts.key(ACCOUNT);
          byte[] row = regions.accounts.row(ACCOUNT, 7);
          transaction.write(List.of(Mutation.put(key, row)), false, Accounts.SCHEMA);
          return transaction.commit(Accounts.SCHEMA);
        });
  }

  private static void deafen(RegionServers regions, ServerId server) {
    regions.world.network().cut(A, server);
    regions.world.network().cut(C, server);
  }

  private static void lock(RegionServers regions, Transaction transaction) {
    regions.accounts.amount(transaction, ACCOUNT, LockMode.EXCLUSIVE);
  }

  /** How long a transaction that begins now waits for the account. */
  private static Duration waitOfAnother(RegionServers regions) throws Exception {
    return regions.at(
        C,
        () -> {
          Duration before = regions.world.elapsed();
          Transaction other = begin(regions, C, 2);
          lock(regions, other);
          other.rollback();
          return regions.world.elapsed().minus(before);
        });
  }

  @Test
  void whatItHoldsIsGivenAwayAlthoughItSaysThatItLives() throws Exception {
    try (RegionServers regions = new RegionServers(40, List.of(A, A))) {
      open(regions);
      Transaction held =
          regions.at(
              B,
              () -> {
                Transaction transaction = begin(regions, B, 1);
                lock(regions, transaction);
                return transaction;
              });
      regions.world.runFor(TxnLimits.LOCK_LEASE.multipliedBy(2));
      deafen(regions, B);
      assertThat(waitOfAnother(regions)).isBetween(Duration.ofSeconds(4), BOUND);
      regions.world.network().joinAll();
      regions.at(
          B,
          () -> {
            held.rollback();
            return true;
          });
    }
  }

  @Test
  void whatItAsksForAgainAndAgainIsNotKeptForIt() throws Exception { // sweep, seed 459
    try (RegionServers regions = new RegionServers(41, List.of(A, A))) {
      open(regions);
      List<String> ends = new ArrayList<>();
      deafen(regions, B);
      regions.world.runFor(Duration.ofMillis(200));
      regions
          .world
          .server(B)
          .fibers()
          .start(
              "deaf",
              () -> {
                Transaction transaction = begin(regions, B, 1);
                try {
                  lock(regions, transaction);
                } catch (MeridianException e) {
                  ends.add(e.getMessage());
                  transaction.rollback();
                }
              });
      regions.world.runFor(Duration.ofSeconds(1));
      assertThat(waitOfAnother(regions)).isLessThan(BOUND);
      assertThat(ends).isEmpty();
      regions.world.network().joinAll();
      regions.world.runFor(DEADLINE);
    }
  }
}
