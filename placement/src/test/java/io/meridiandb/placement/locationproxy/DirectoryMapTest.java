package io.meridiandb.placement.locationproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.locationproxy.DirectoryMap.Entry;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Router.Located;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of each key the newest knowledge counts, in whatever order it comes (protocol C5). */
class DirectoryMapTest {
  private static final GroupId FIVE = new GroupId(5);
  private static final GroupId SEVEN = new GroupId(7);

  private static Key key(int at) {
    return Key.of(new byte[] {1, (byte) at});
  }

  private static KeyRange range(int from, int to) {
    return new KeyRange(key(from), key(to));
  }

  private static Entry entry(int from, int to, long generation, GroupId group) {
    return new Entry(range(from, to), generation, group);
  }

  @Test
  void aRangeIsCutWhereTheGroupChanges() {
    DirectoryMap map =
        DirectoryMap.EMPTY.with(
            List.of(entry(10, 20, 1, FIVE), entry(20, 30, 4, FIVE), entry(40, 50, 1, SEVEN)));
    assertThat(map.cut(range(0, 60)))
        .containsExactly(
            new Located(range(0, 10), GroupId.ZERO),
            new Located(range(10, 30), FIVE),
            new Located(range(30, 40), GroupId.ZERO),
            new Located(range(40, 50), SEVEN),
            new Located(range(50, 60), GroupId.ZERO));
    assertThat(map.cut(range(12, 13))).containsExactly(new Located(range(12, 13), FIVE));
    KeyRange open = new KeyRange(key(45), null);
    assertThat(map.cut(open))
        .containsExactly(
            new Located(range(45, 50), SEVEN),
            new Located(new KeyRange(key(50), null), GroupId.ZERO));
  }

  @Test
  void rowsOfAGroupLieInItWhateverIsLearned() {
    DirectoryMap map = DirectoryMap.EMPTY.with(List.of(new Entry(KeyRange.ALL, 9, SEVEN)));
    assertThat(map.locate(GroupKeys.schemaVersion(FIVE))).isEqualTo(FIVE);
    assertThat(map.cut(GroupKeys.directories(FIVE)))
        .containsExactly(new Located(GroupKeys.directories(FIVE), FIVE));
    assertThat(map.locate(key(3))).isEqualTo(SEVEN);
  }

  @Test
  void newerKnowledgeWinsKeyByKeyInAnyOrder() {
    SeededRandom random = new SeededRandom(41);
    for (int run = 0; run < 300; run++) {
      long[] generation = new long[60];
      GroupId[] owner = new GroupId[60];
      java.util.Arrays.fill(owner, GroupId.ZERO);
      DirectoryMap map = DirectoryMap.EMPTY;
      for (int i = 1; i <= 12; i++) {
        int from = random.nextInt(58);
        int to = from + 1 + random.nextInt(59 - from);
        long fresh = 1 + random.nextInt(50) * 100L + i; // no two are equal
        GroupId group = new GroupId(random.nextInt(4));
        map = map.with(List.of(entry(from, to, fresh, group)));
        for (int at = from; at < to; at++) {
          if (fresh > generation[at]) {
            generation[at] = fresh;
            owner[at] = group;
          }
        }
      }
      for (int at = 0; at < 60; at++) {
        assertThat(map.locate(key(at))).as("run %d key %d", run, at).isEqualTo(owner[at]);
      }
      int at = 0;
      for (Located piece : map.cut(range(0, 60))) {
        assertThat(piece.range().start()).isEqualTo(key(at));
        while (at < 60 && piece.range().contains(key(at))) {
          assertThat(piece.group()).isEqualTo(owner[at++]);
        }
      }
      assertThat(at).isEqualTo(60);
    }
  }
}
