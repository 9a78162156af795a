package io.meridiandb.row.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
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
  void theGroupAndTheRangeCanBeReadBack() {
    Key start = Key.of(new byte[] {1, 0, 2, (byte) 0xff});
    for (GroupId group : new GroupId[] {GroupId.ZERO, SEVEN, MANY}) {
      assertThat(GroupKeys.groupOf(GroupKeys.directory(group, start))).isEqualTo(group);
      assertThat(GroupKeys.rangeStart(GroupKeys.directory(group, start))).isEqualTo(start);
    }
    assertThat(GroupKeys.rangeStart(GroupKeys.directory(SEVEN, Key.MIN))).isEqualTo(Key.MIN);
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
