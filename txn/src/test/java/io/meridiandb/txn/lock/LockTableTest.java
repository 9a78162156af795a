package io.meridiandb.txn.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.lock.LockTable.Acceptance;
import io.meridiandb.txn.lock.LockTable.Manner;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules of the lock table one by one (protocol C2, G21; reliability D16). */
class LockTableTest {
  private final List<String> told = new ArrayList<>();
  private final LockTable table = new LockTable((id, loss) -> told.add(id.sequence() + " " + loss));

  private static TxnId txn(long n) {
    return new TxnId(0, 0, n, 1);
  }

  private static Key key(int value) {
    return Key.of(new byte[] {(byte) value});
  }

  private static KeyRange range(int from, int to) {
    return new KeyRange(key(from), key(to));
  }

  private long open(long n) {
    return table.open(new LockOwner(new Timestamp(n), txn(n)), 0);
  }

  private Acceptance lock(long n, KeyRange range, LockMode mode) {
    return lock(n, range, mode, Manner.WAITING);
  }

  private Acceptance prepare(long n, KeyRange range) {
    return lock(n, range, LockMode.EXCLUSIVE, Manner.PREPARING);
  }

  private Acceptance lock(long n, KeyRange range, LockMode mode, Manner manner) {
    open(n);
    return table.acquire(
        txn(n),
        List.of(new LockWish(range, mode)),
        manner,
        new LockWaiter() {
          @Override
          public void granted() {
            told.add(n + " granted");
          }

          @Override
          public void dropped(LockLoss loss) {
            told.add(n + " dropped " + loss);
          }
        });
  }

  @Test
  void sharedLocksGoTogetherAndExclusiveOnesDoNot() {
    lock(1, range(1, 5), LockMode.SHARED);
    lock(2, range(3, 9), LockMode.SHARED);
    lock(3, range(4, 5), LockMode.EXCLUSIVE);
    assertThat(told).containsExactly("1 granted", "2 granted");
    table.close(txn(1));
    assertThat(told).hasSize(2);
    table.close(txn(2));
    assertThat(told).containsExactly("1 granted", "2 granted", "3 granted");
  }

  @Test
  void aRangeCoversTheGapsInIt() {
    lock(1, range(10, 20), LockMode.SHARED);
    lock(2, KeyRange.point(key(15)), LockMode.EXCLUSIVE); // an insert between the rows read
    assertThat(told).containsExactly("1 granted");
  }

  @Test
  void theEndOfARangeIsFree() {
    lock(1, range(10, 20), LockMode.EXCLUSIVE);
    lock(2, range(20, 30), LockMode.EXCLUSIVE);
    lock(3, range(5, 10), LockMode.EXCLUSIVE);
    assertThat(told).containsExactly("1 granted", "2 granted", "3 granted");
  }

  @Test
  void anUnboundedRangeHasNoEnd() {
    lock(1, new KeyRange(key(10), null), LockMode.EXCLUSIVE);
    lock(2, KeyRange.point(key(120)), LockMode.SHARED);
    lock(3, KeyRange.point(key(9)), LockMode.SHARED);
    assertThat(told).containsExactly("1 granted", "3 granted");
  }

  @Test
  void theOlderWoundsTheYounger() {
    lock(5, range(1, 2), LockMode.EXCLUSIVE);
    long grant = open(5);
    lock(4, range(1, 2), LockMode.SHARED);
    assertThat(told).containsExactly("5 granted", "5 WOUNDED", "4 granted");
    assertThat(table.holds(txn(5), grant)).isFalse();
  }

  @Test
  void theYoungerWaitsForTheOlder() {
    lock(4, range(1, 2), LockMode.EXCLUSIVE);
    lock(5, range(1, 2), LockMode.SHARED);
    assertThat(told).containsExactly("4 granted");
    table.close(txn(4));
    assertThat(told).containsExactly("4 granted", "5 granted");
  }

  @Test
  void aPrepareIsRefusedByAnOlderOneWhateverItHolds() { // G21
    lock(4, range(1, 2), LockMode.SHARED);
    prepare(5, range(1, 2));
    assertThat(told).containsExactly("4 granted", "5 dropped OLDER_HOLDS");
    table.sealPrepared(txn(4));
    prepare(5, range(1, 2));
    assertThat(told).hasSize(3).last().isEqualTo("5 dropped OLDER_HOLDS");
  }

  @Test
  void aPrepareWaitsForAnOlderCommitOfOneGroup() { // which waits for nothing
    lock(4, range(1, 2), LockMode.EXCLUSIVE);
    table.seal(txn(4));
    prepare(5, range(1, 2));
    assertThat(told).containsExactly("4 granted");
    table.close(txn(4));
    assertThat(told).containsExactly("4 granted", "5 granted");
  }

  @Test
  void aPrepareWoundsTheYoungerAndWaitsForTheYoungerPrepared() { // G21
    lock(7, range(1, 2), LockMode.EXCLUSIVE);
    lock(8, range(2, 3), LockMode.EXCLUSIVE);
    table.sealPrepared(txn(8));
    prepare(5, range(1, 3));
    assertThat(told).containsExactly("7 granted", "8 granted", "7 WOUNDED");
    table.close(txn(8));
    assertThat(told).last().isEqualTo("5 granted");
  }

  @Test
  void aPrepareThatWaitsIsJudgedAnewWhenItGoesOn() { // G21
    lock(8, range(2, 3), LockMode.EXCLUSIVE);
    table.sealPrepared(txn(8));
    prepare(5, range(2, 3));
    lock(3, range(2, 3), LockMode.EXCLUSIVE); // older, waits as well: it is let first
    table.close(txn(8));
    assertThat(told).containsExactly("8 granted", "3 granted", "5 dropped OLDER_HOLDS");
  }

  @Test
  void whoseCommitIsUnderWayIsNeverWounded() { // reliability T43
    lock(5, range(1, 2), LockMode.EXCLUSIVE);
    table.seal(txn(5));
    lock(4, range(1, 2), LockMode.EXCLUSIVE);
    table.abandonSilent(1);
    assertThat(told).containsExactly("5 granted", "4 dropped ABANDONED", "4 ABANDONED");
  }

  @Test
  void aSealedOneMayNotAskForMore() {
    lock(5, range(1, 2), LockMode.EXCLUSIVE);
    table.seal(txn(5));
    assertThatThrownBy(() -> lock(5, range(3, 4), LockMode.SHARED))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test
  void anUpgradeWaitsForOtherReadersOnly() {
    lock(1, range(1, 2), LockMode.SHARED);
    lock(2, range(1, 2), LockMode.SHARED);
    lock(2, range(1, 2), LockMode.EXCLUSIVE);
    assertThat(told).containsExactly("1 granted", "2 granted");
    table.close(txn(1));
    assertThat(told).containsExactly("1 granted", "2 granted", "2 granted");
  }

  @Test
  void theOldestWaiterIsServedFirst() {
    lock(1, range(1, 2), LockMode.EXCLUSIVE);
    lock(9, range(1, 2), LockMode.EXCLUSIVE);
    lock(3, range(1, 2), LockMode.EXCLUSIVE);
    table.close(txn(1));
    assertThat(told).containsExactly("1 granted", "3 granted");
  }

  @Test
  void aYoungerReaderDoesNotOvertakeAnOlderWaitingWriter() {
    lock(1, range(1, 2), LockMode.SHARED);
    lock(2, range(1, 2), LockMode.EXCLUSIVE);
    lock(3, range(1, 2), LockMode.SHARED);
    assertThat(told).containsExactly("1 granted");
    table.close(txn(1));
    table.close(txn(2));
    assertThat(told).containsExactly("1 granted", "2 granted", "3 granted");
  }

  @Test
  void aRequestSentAgainTakesThePlaceOfTheFirst() {
    lock(1, range(1, 2), LockMode.EXCLUSIVE);
    lock(2, range(1, 2), LockMode.EXCLUSIVE);
    lock(2, range(1, 2), LockMode.EXCLUSIVE);
    assertThat(told).containsExactly("1 granted", "2 dropped SUPERSEDED");
    table.close(txn(1));
    assertThat(told).containsExactly("1 granted", "2 dropped SUPERSEDED", "2 granted");
  }

  @Test
  void theSilentLoseTheirLocks() {
    lock(1, range(1, 2), LockMode.EXCLUSIVE);
    long grant = open(1);
    table.heard(txn(1), grant, 100);
    table.abandonSilent(100);
    assertThat(table.holds(txn(1), grant)).isTrue();
    lock(2, range(1, 2), LockMode.EXCLUSIVE);
    table.heard(txn(2), open(2), 500);
    table.open(new LockOwner(new Timestamp(2), txn(2)), 500);
    table.abandonSilent(101);
    assertThat(told).containsExactly("1 granted", "1 ABANDONED", "2 granted");
  }

  @Test
  void aHoldingAfterALossHasAnotherNumber() {
    lock(5, range(1, 2), LockMode.EXCLUSIVE);
    long first = open(5);
    lock(4, range(1, 2), LockMode.EXCLUSIVE);
    table.close(txn(4));
    lock(5, range(1, 2), LockMode.EXCLUSIVE);
    assertThat(open(5)).isNotEqualTo(first);
    assertThat(table.holds(txn(5), first)).isFalse();
  }

  @Test
  void waitersAreBounded() {
    lock(0, range(1, 2), LockMode.EXCLUSIVE);
    for (int i = 1; i <= LockTable.WAITERS_MAX; i++) {
      assertThat(lock(i, range(1, 2), LockMode.EXCLUSIVE)).isEqualTo(Acceptance.ACCEPTED);
    }
    assertThat(lock(LockTable.WAITERS_MAX + 1, range(1, 2), LockMode.EXCLUSIVE))
        .isEqualTo(Acceptance.TOO_MANY_WAITERS);
  }

  @Test
  void rangesOfOneTransactionAreBounded() {
    open(1);
    List<LockWish> wishes = new ArrayList<>();
    for (int i = 0; i <= LockTable.RANGES_PER_TRANSACTION_MAX; i++) {
      wishes.add(new LockWish(range(1, 2), LockMode.SHARED));
    }
    LockWaiter nobody =
        new LockWaiter() {
          @Override
          public void granted() {}

          @Override
          public void dropped(LockLoss loss) {}
        };
    assertThat(table.acquire(txn(1), wishes, nobody)).isEqualTo(Acceptance.TRANSACTION_TOO_LARGE);
    wishes.removeLast();
    assertThat(table.acquire(txn(1), wishes, nobody)).isEqualTo(Acceptance.ACCEPTED);
  }

  @Test
  void nothingIsLeftBehind() {
    for (int i = 0; i < 50; i++) {
      lock(i, range(i, i + 30), LockMode.SHARED);
    }
    for (int i = 0; i < 50; i++) {
      table.close(txn(i));
    }
    assertThat(table.segmentCount()).isZero();
    assertThat(table.holderCount()).isZero();
  }

  @Test
  void whoWaitsIsToldOfAStepDown() {
    lock(1, range(1, 2), LockMode.EXCLUSIVE);
    lock(2, range(1, 2), LockMode.EXCLUSIVE);
    table.dissolve();
    assertThat(told).containsExactly("1 granted", "2 dropped STEPPED_DOWN");
  }
}
