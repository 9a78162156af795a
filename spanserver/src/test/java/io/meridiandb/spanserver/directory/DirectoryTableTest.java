package io.meridiandb.spanserver.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.proto.Directory;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A group answers for what its own rows say that it owns, and for nothing else (protocol G23). */
class DirectoryTableTest {
  private static final GroupId ZERO = GroupId.ZERO;
  private static final GroupId FIVE = new GroupId(5);
  private static final GroupId SEVEN = new GroupId(7);

  private final NewestVersions store = new NewestVersions();

  private static Key key(int... bytes) {
    byte[] key = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      key[i] = (byte) bytes[i];
    }
    return Key.of(key);
  }

  private static KeyRange range(int from, int to) {
    return new KeyRange(key(1, from), key(1, to));
  }

  private static DirectoryRow row(KeyRange range, long generation, GroupId owner) {
    return new DirectoryRow(
        range, 40 + generation, generation, owner, ZERO, 3, List.of(new ServerId(1)));
  }

  private void know(GroupId group, DirectoryRow row) {
    store.write(row.put(group));
  }

  private static @Nullable List<Directory> missing(DirectoryTable table, KeyRange range) {
    return table.notOwned(range, Timestamp.MAX);
  }

  @Test
  void groupZeroOwnsWhatWasNotCarvedOut() {
    know(ZERO, row(range(10, 20), 1, FIVE));
    DirectoryTable table = new DirectoryTable(ZERO, store);
    assertThat(missing(table, range(0, 10))).isNull();
    assertThat(missing(table, range(20, 99))).isNull();
    List<Directory> hints = missing(table, range(19, 30));
    assertThat(hints)
        .singleElement()
        .satisfies(hint -> {
          assertThat(hint.getGroup()).isEqualTo(5);
          assertThat(hint.getGeneration()).isEqualTo(1);
          assertThat(hint.getServersList()).containsExactly(1L);
        });
    assertThat(table.ownsAny(range(10, 20))).isFalse();
    assertThat(table.ownsAny(range(10, 21))).isTrue();
    assertThat(table.ownsAny(range(9, 20))).isTrue();
  }

  @Test
  void anotherGroupOwnsOnlyWhatItsRowsSay() {
    know(FIVE, row(range(10, 20), 1, FIVE));
    know(FIVE, row(range(20, 30), 2, FIVE));
    know(FIVE, row(range(40, 50), 3, SEVEN));
    DirectoryTable table = new DirectoryTable(FIVE, store);
    assertThat(missing(table, range(10, 30))).isNull();
    assertThat(missing(table, range(15, 16))).isNull();
    assertThat(missing(table, range(5, 15))).isEmpty();
    assertThat(missing(table, range(25, 31))).isEmpty();
    assertThat(missing(table, range(44, 45)))
        .singleElement()
        .satisfies(hint -> assertThat(hint.getGroup()).isEqualTo(7));
    assertThat(table.ownsAny(range(30, 60))).isFalse();
    assertThat(table.ownsAny(range(29, 60))).isTrue();
    assertThat(missing(table, KeyRange.ALL)).isNotNull();
  }

  @Test
  void itsOwnRowsAreAlwaysItsOwnAndThoseOfOthersNever() {
    DirectoryTable table = new DirectoryTable(FIVE, store);
    assertThat(missing(table, KeyRange.point(GroupKeys.schemaVersion(FIVE)))).isNull();
    assertThat(missing(table, GroupKeys.directories(FIVE))).isNull();
    assertThat(missing(table, GroupKeys.directories(SEVEN))).isNotNull();
  }

  @Test
  void aRowThatIsWrittenCountsFromItsEntryOn() {
    DirectoryTable table = new DirectoryTable(FIVE, store);
    Mutation flip = row(range(10, 20), 4, FIVE).put(FIVE);
    store.write(flip);
    assertThat(missing(table, range(10, 20))).isNotNull();
    assertThat(table.concerns(key(1, 12))).isFalse();
    assertThat(table.concerns(flip.key())).isTrue();
    table.refresh();
    assertThat(missing(table, range(10, 20))).isNull();
    store.write(Mutation.delete(flip.key()));
    table.refresh();
    assertThat(missing(table, range(10, 20))).isEmpty();
  }

  @Test
  void twoDirectoriesOfOneKeyAreABrokenInvariant() {
    know(FIVE, row(range(10, 20), 1, FIVE));
    know(FIVE, row(range(15, 25), 2, FIVE));
    assertThatThrownBy(() -> new DirectoryTable(FIVE, store))
        .isInstanceOf(InvariantViolation.class);
  }

  @Test
  void aRangeWithoutEndIsOwnedToTheEnd() {
    know(FIVE, row(new KeyRange(key(1, 10), null), 1, FIVE));
    DirectoryTable table = new DirectoryTable(FIVE, store);
    assertThat(missing(table, new KeyRange(key(1, 20), null))).isNull();
    assertThat(table.rows())
        .singleElement()
        .isEqualTo(row(new KeyRange(key(1, 10), null), 1, FIVE));
  }

  @Test
  void versionsAreTakenFromTheCopyUnderWayOnlyAndNeverOnceItHasArrived() {
    DirectoryTable table = new DirectoryTable(FIVE, store);
    Mutation begin = new Arrival(range(10, 20), 77, ZERO).put(FIVE);
    assertThat(table.emptiedBy(begin.key(), begin.value())).isEqualTo(range(10, 20));
    store.write(begin);
    assertThat(table.concerns(begin.key())).isTrue();
    table.refresh();
    assertThat(table.admits(range(10, 20), 77)).isTrue();
    assertThat(table.admits(range(10, 20), 78)).as("a copy given up").isFalse();
    assertThat(table.admits(range(10, 19), 77)).isFalse();
    know(FIVE, row(range(10, 20), 1, FIVE));
    table.refresh();
    assertThat(table.admits(range(10, 20), 77)).as("late versions").isFalse();
    assertThat(table.emptiedBy(begin.key(), begin.value())).as("what it owns").isNull();
    assertThat(table.emptiedBy(begin.key(), null)).isNull();
  }
}
