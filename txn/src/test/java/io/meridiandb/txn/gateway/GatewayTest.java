package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.key.SystemKeys;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.TxnLimits;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a transaction promises at its gateway, over a simulated network (protocol C2, C3). */
class GatewayTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final SchemaVersion SCHEMA = Accounts.SCHEMA;

  private final SimulatedWorld world = new SimulatedWorld(11);
  private final SimulatedServers group = new SimulatedServers(world);
  private final Accounts accounts = new Accounts(1_000);
  private long sequence;

  /** A body on a fiber of server 3. */
  private interface Body {
    void run(Gateway gateway);
  }

  @BeforeEach
  void begin() {
    group.appoint(new ServerId(2));
  }

  @AfterEach
  void end() {
    assertThat(world.failures()).isEmpty();
    world.close();
  }

  private void at(Body body) {
    try {
      world.call(
          new ServerId(3),
          () -> {
            body.run(group.node(3).gateway);
            return true;
          });
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Transaction write(Gateway gateway) {
    return gateway.begin(new TxnId(1, 2, ++sequence, 1), TransactionOptions.readWrite(0, DEADLINE));
  }

  private Transaction read(Gateway gateway) {
    return gateway.begin(new TxnId(1, 2, ++sequence, 1), TransactionOptions.strongRead(DEADLINE));
  }

  private Timestamp put(Gateway gateway, long... idsAndAmounts) {
    Transaction transaction = write(gateway);
    List<Mutation> mutations = new ArrayList<>();
    for (int i = 0; i < idsAndAmounts.length; i += 2) {
      long id = idsAndAmounts[i];
      mutations.add(Mutation.put(accounts.key(id), accounts.row(id, idsAndAmounts[i + 1])));
    }
    transaction.write(mutations, false, SCHEMA);
    return transaction.commit(SCHEMA);
  }

  private List<String> all(Transaction transaction, LockMode lock) {
    return Accounts.fetch(transaction.read(accounts.request(List.of(accounts.all()), lock)));
  }

  @Test
  void whatIsCommittedIsRead() {
    at(gateway -> {
      Timestamp s = put(gateway, 1, 10, 2, 20);
      assertThat(gateway.nowLatest()).isGreaterThan(s);
      assertThat(all(read(gateway), LockMode.NONE)).containsExactly("1=10", "2=20");
      assertThat(all(write(gateway), LockMode.SHARED)).containsExactly("1=10", "2=20");
    });
  }

  @Test
  void anAutocommitWriteIsOneRequest() {
    at(gateway -> put(gateway, 1, 10)); // learns leader and epoch
    long before = group.commitCalls;
    at(gateway -> put(gateway, 1, 11));
    assertThat(group.commitCalls).isEqualTo(before + 1);
    assertThat(group.chosenCount()).isEqualTo(2);
  }

  @Test
  void ownWritesAreSeenMergedWithStoredRows() {
    at(gateway -> {
      put(gateway, 1, 10, 2, 20, 3, 30);
      Transaction t = write(gateway);
      t.write(
          List.of(
              Mutation.delete(accounts.key(2)),
              Mutation.put(accounts.key(3), accounts.row(3, 31)),
              Mutation.insert(accounts.key(4), accounts.row(4, 40))),
          false,
          SCHEMA);
      assertThat(all(t, LockMode.SHARED)).containsExactly("1=10", "3=31", "4=40");
      List<KeyRange> range = List.of(accounts.all());
      assertThat(Accounts.fetch(t.read(accounts.request(range, LockMode.SHARED, true, 2))))
          .containsExactly("4=40", "3=31");
      assertThat(all(read(gateway), LockMode.NONE)).containsExactly("1=10", "2=20", "3=30");
      t.commit(SCHEMA);
      assertThat(all(read(gateway), LockMode.NONE)).containsExactly("1=10", "3=31", "4=40");
    });
  }

  @Test
  void aCursorDoesNotSeeWritesMadeAfterItWasOpened() { // the Halloween problem
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction t = write(gateway);
      t.write(List.of(Mutation.put(accounts.key(2), accounts.row(2, 20))), false, SCHEMA);
      RowCursor cursor = t.read(accounts.request(List.of(accounts.all()), LockMode.SHARED));
      t.write(List.of(Mutation.put(accounts.key(3), accounts.row(3, 30))), false, SCHEMA);
      assertThat(Accounts.fetch(cursor)).containsExactly("1=10", "2=20");
    });
  }

  @Test
  void manyRowsComeInBatches() {
    at(gateway -> {
      int rows = 3 * RowCursor.BATCH_ROWS_MAX + 7;
      Transaction t = write(gateway);
      List<Mutation> mutations = new ArrayList<>();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        mutations.add(Mutation.insert(accounts.key(i), accounts.row(i, i)));
        expected.add(i + "=" + i);
      }
      t.write(mutations, true, SCHEMA);
      assertThat(all(t, LockMode.SHARED)).isEqualTo(expected); // merged here
      t.commit(SCHEMA);
      assertThat(all(read(gateway), LockMode.NONE)).isEqualTo(expected);
      List<KeyRange> range = List.of(accounts.all());
      assertThat(
              Accounts.fetch(
                  read(gateway).read(accounts.request(range, LockMode.NONE, true, 1500))))
          .isEqualTo(expected.reversed().subList(0, 1500));
    });
  }

  @Test
  void conditionsAreCheckedNowOrAtTheCommit() {
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction now = write(gateway);
      List<Mutation> insert = List.of(Mutation.insert(accounts.key(1), accounts.row(1, 11)));
      assertThatThrownBy(() -> now.write(insert, true, SCHEMA))
          .isInstanceOf(ConditionFailedException.class);
      now.write(List.of(Mutation.insert(accounts.key(2), accounts.row(2, 20))), true, SCHEMA);
      now.commit(SCHEMA);
      Transaction late = write(gateway);
      late.write(insert, false, SCHEMA);
      assertThatThrownBy(() -> late.commit(SCHEMA)).isInstanceOf(ConditionFailedException.class);
      assertThat(all(read(gateway), LockMode.NONE)).containsExactly("1=10", "2=20");
    });
  }

  @Test
  void conditionsCountTheTransactionsOwnWrites() {
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction t = write(gateway);
      Key one = accounts.key(1);
      t.write(List.of(Mutation.delete(one)), true, SCHEMA);
      t.write(List.of(Mutation.insert(one, accounts.row(1, 11))), true, SCHEMA);
      assertThatThrownBy(
              () -> t.write(List.of(Mutation.insert(one, accounts.row(1, 12))), true, SCHEMA))
          .isInstanceOf(ConditionFailedException.class);
      t.write(List.of(Mutation.delete(one)), true, SCHEMA);
      assertThatThrownBy(() -> t.write(List.of(Mutation.require(one)), true, SCHEMA))
          .isInstanceOf(ConditionFailedException.class);
      t.commit(SCHEMA);
      assertThat(all(read(gateway), LockMode.NONE)).isEmpty();
    });
  }

  @Test
  void aRollbackLeavesNothingAndFreesTheLocks() {
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction t = write(gateway);
      accounts.amount(t, 1, LockMode.EXCLUSIVE);
      t.write(List.of(Mutation.put(accounts.key(1), accounts.row(1, 99))), false, SCHEMA);
      t.rollback();
      long before = world.elapsed().toMillis();
      put(gateway, 1, 11);
      assertThat(world.elapsed().toMillis() - before).isLessThan(500);
      assertThatThrownBy(() -> t.commit(SCHEMA)).isInstanceOf(MeridianException.class);
    });
  }

  /** Its request went on waiting, and was granted to nobody: moves blocked each other for ever. */
  @Test
  void whoGivesUpWaitingForALockIsInNobodysWay() {
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction holder = write(gateway);
      accounts.amount(holder, 1, LockMode.EXCLUSIVE);
      Transaction impatient =
          gateway.begin(
              new TxnId(1, 2, ++sequence, 1),
              TransactionOptions.readWrite(0, Duration.ofMillis(1_500)));
      assertThatThrownBy(() -> accounts.amount(impatient, 1, LockMode.EXCLUSIVE))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.UNAVAILABLE);
      impatient.rollback();
      holder.rollback();
      long before = world.elapsed().toMillis();
      put(gateway, 1, 11);
      assertThat(world.elapsed().toMillis() - before).isLessThan(500);
    });
  }

  @Test
  void aLostReplyIsAskedForAgainAndTheWriteIsDoneOnce() { // T34
    at(gateway -> put(gateway, 1, 10));
    int before = group.chosenCount();
    group.loseCommitReplies = 3;
    at(gateway -> {
      Transaction t = write(gateway);
      t.write(List.of(Mutation.insert(accounts.key(2), accounts.row(2, 20))), false, SCHEMA);
      t.commit(SCHEMA);
    });
    assertThat(group.chosenCount()).isEqualTo(before + 1);
  }

  @Test
  void anUnknownOutcomeNamesTheTransactionAndCanBeResolved() { // T35
    group.loseCommitReplies = Integer.MAX_VALUE;
    at(gateway -> {
      TxnId id = new TxnId(1, 2, ++sequence, 1);
      Transaction t = gateway.begin(id, TransactionOptions.readWrite(0, Duration.ofSeconds(5)));
      t.write(List.of(Mutation.put(accounts.key(1), accounts.row(1, 10))), false, SCHEMA);
      assertThatThrownBy(() -> t.commit(SCHEMA))
          .isInstanceOf(MeridianException.class)
          .hasMessageContaining(id.toString())
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.TRANSACTION_OUTCOME_UNKNOWN);
      assertThat(gateway.resolve(id)).isInstanceOf(Gateway.Outcome.Committed.class);
      assertThat(gateway.resolve(new TxnId(1, 2, 999, 1))).isEqualTo(new Gateway.Outcome.Aborted());
    });
  }

  @Test
  void aLeaderChangeAbortsATransactionWithLocks() { // D5
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction t = write(gateway);
      accounts.amount(t, 1, LockMode.SHARED);
      group.appoint(new ServerId(1));
      t.write(List.of(Mutation.put(accounts.key(2), accounts.row(2, 20))), false, SCHEMA);
      assertThatThrownBy(() -> t.commit(SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.SERIALIZATION_FAILURE);
      assertThat(all(read(gateway), LockMode.NONE)).containsExactly("1=10");
    });
  }

  @Test
  void aSnapshotReadGoesOnFromTheNextLeader() {
    at(gateway -> {
      int rows = RowCursor.BATCH_ROWS_MAX + 5;
      Transaction t = write(gateway);
      for (int i = 0; i < rows; i++) {
        t.write(List.of(Mutation.put(accounts.key(i), accounts.row(i, 0))), false, SCHEMA);
      }
      t.commit(SCHEMA);
      RowCursor cursor =
          read(gateway).read(accounts.request(List.of(accounts.all()), LockMode.NONE));
      List<?> first = cursor.next();
      assertThat(first).hasSize(RowCursor.BATCH_ROWS_MAX);
      group.appoint(new ServerId(1));
      put(gateway, rows - 1, 77); // after the read's timestamp
      assertThat(Accounts.fetch(cursor)).hasSize(5).contains((rows - 1) + "=0");
    });
  }

  @Test
  void theOlderTransactionWins() {
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction old = write(gateway);
      Transaction young = write(gateway);
      accounts.amount(young, 1, LockMode.EXCLUSIVE);
      accounts.amount(old, 1, LockMode.EXCLUSIVE);
      young.write(List.of(Mutation.put(accounts.key(1), accounts.row(1, 5))), false, SCHEMA);
      assertThatThrownBy(() -> young.commit(SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.DEADLOCK_WOUNDED);
      old.commit(SCHEMA);
    });
  }

  @Test
  void locksOfALiveTransactionOutliveTheirLease() { // C2: keep-alive
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction t = write(gateway);
      accounts.amount(t, 1, LockMode.SHARED);
      world.server(new ServerId(3)).fibers().sleep(Duration.ofSeconds(15));
      t.write(List.of(Mutation.put(accounts.key(1), accounts.row(1, 5))), false, SCHEMA);
      t.commit(SCHEMA);
    });
  }

  @Test
  void aLongWaitForALockIsNotTakenForADeadLeader() {
    at(gateway -> {
      put(gateway, 1, 10);
      Transaction old = write(gateway);
      accounts.amount(old, 1, LockMode.EXCLUSIVE);
      world.schedule(Duration.ofSeconds(7), () -> endLater(old));
      put(gateway, 1, 11);
    });
    assertThat(world.elapsed()).isGreaterThan(Duration.ofSeconds(7));
    assertThat(world.counters(new ServerId(3)).getOrDefault("txn.gateway.unanswered", 0L)).isZero();
  }

  private void endLater(Transaction transaction) {
    world.server(new ServerId(3)).fibers().start("end", transaction::rollback);
  }

  @Test
  void aSchemaChangeIsReportedAndTheCommitMayGoOn() { // G15
    at(gateway -> {
      Transaction t = write(gateway);
      t.write(List.of(Mutation.put(accounts.key(1), accounts.row(1, 10))), false, SCHEMA);
      Transaction ddl = write(gateway);
      SchemaVersion one = new SchemaVersion(1);
      ddl.write(
          List.of(Mutation.put(SystemKeys.SCHEMA_VERSION, SystemRows.encode(one))),
          false,
          SchemaVersion.EXEMPT);
      ddl.commit(SchemaVersion.EXEMPT);
      assertThatThrownBy(() -> t.commit(SCHEMA))
          .isInstanceOf(SchemaChangedException.class)
          .extracting(e -> ((SchemaChangedException) e).current())
          .isEqualTo(one);
      t.commit(one);
    });
  }

  @Test
  void aTransactionIsBounded() {
    at(gateway -> {
      Transaction bytes = write(gateway);
      byte[] large = new byte[TxnLimits.ROW_BYTES_MAX];
      byte[] allowed = new byte[TxnLimits.ROW_BYTES_MAX - 100];
      for (int i = 0; i < 1; i++) {
        bytes.write(List.of(Mutation.put(accounts.key(i), allowed)), false, SCHEMA);
      }
      assertThatThrownBy(
              () -> bytes.write(List.of(Mutation.put(accounts.key(4), allowed)), false, SCHEMA))
          .hasMessageContaining("12 MiB");
      assertThatThrownBy(
              () -> bytes.write(List.of(Mutation.put(accounts.key(1), large)), false, SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.PROGRAM_LIMIT_EXCEEDED);
      Transaction keys = write(gateway);
      List<Mutation> many = new ArrayList<>();
      for (int i = 0; i < TxnLimits.MUTATIONS_MAX; i++) {
        many.add(Mutation.delete(accounts.key(i)));
      }
      keys.write(many, false, SCHEMA);
      assertThatThrownBy(
              () -> keys.write(List.of(Mutation.delete(accounts.key(-1))), false, SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.PROGRAM_LIMIT_EXCEEDED);
    });
  }

  @Test
  void aReadOnlyTransactionNeitherLocksNorWrites() {
    at(gateway -> {
      Transaction t = read(gateway);
      assertThatThrownBy(() -> all(t, LockMode.SHARED))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.READ_ONLY_TRANSACTION);
      assertThatThrownBy(() -> t.write(List.of(Mutation.delete(accounts.key(1))), false, SCHEMA))
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.READ_ONLY_TRANSACTION);
    });
  }

  @Test
  void withoutALeaderThereIsAClearError() {
    group.loseLeader();
    at(gateway -> {
      Transaction t =
          gateway.begin(
              new TxnId(1, 2, ++sequence, 1), TransactionOptions.strongRead(Duration.ofSeconds(3)));
      assertThatThrownBy(() -> all(t, LockMode.NONE))
          .hasMessageContaining("group-0")
          .extracting(e -> ((MeridianException) e).code())
          .isEqualTo(ErrorCode.UNAVAILABLE);
    });
  }
}
