package io.meridiandb.row.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.schema.SystemTables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows of a group stay in its own range, in the order of the ranges they speak of. */
class GroupKeysTest {
  private static final GroupId SEVEN = new GroupId(7);
  private static final GroupId MANY = new GroupId(300);

  @Test
  void everyKeyOfAGroupLiesInItsRangeAndNoOther() {
    Key version = GroupKeys.schemaVersion(SEVEN);
    Key directory = GroupKeys.directory(SEVEN, Key.of(new byte[] {1, (byte) 0xff}));
    assertThat(GroupKeys.allOf(SEVEN).contains(version)).isTrue();
    assertThat(GroupKeys.allOf(SEVEN).contains(directory)).isTrue();
    assertThat(GroupKeys.directories(SEVEN).contains(directory)).isTrue();
    assertThat(GroupKeys.directories(SEVEN).contains(version)).isFalse();
    assertThat(GroupKeys.allOf(MANY).contains(directory)).isFalse();
    assertThat(GroupKeys.all().contains(directory)).isTrue();
  }

  @Test
  void theGroupCanBeReadBack() {
    Key start = Key.of(new byte[] {1, 0, 2, (byte) 0xff});
    for (GroupId group : new GroupId[] {GroupId.ZERO, SEVEN, MANY}) {
      Key key = GroupKeys.directory(group, start);
      assertThat(GroupKeys.groupOf(key)).isEqualTo(group);
      @Nullable Object[] row = new Object[8];
      assertThat(KeyCodec.of(SystemTables.groupDirectories(group)).decode(key, row)).isTrue();
      assertThat(row[0]).isEqualTo(start.bytes());
    }
  }

  @Test
  void theOrderIsThatOfTheRanges() {
    Key first = GroupKeys.directory(SEVEN, Key.of(new byte[] {1}));
    Key second = GroupKeys.directory(SEVEN, Key.of(new byte[] {1, 0}));
    Key third = GroupKeys.directory(SEVEN, Key.of(new byte[] {2}));
    assertThat(first).isLessThan(second);
    assertThat(second).isLessThan(third);
  }

  @Test
  void groupZeroKeepsItsSchemaVersionWhereItWas() {
    assertThat(GroupKeys.schemaVersion(GroupId.ZERO)).isEqualTo(SystemKeys.SCHEMA_VERSION);
    assertThat(GroupKeys.groupOf(SystemKeys.SCHEMA_VERSION)).isNull();
  }
}
