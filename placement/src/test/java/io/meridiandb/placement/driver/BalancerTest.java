package io.meridiandb.placement.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.GroupInfo;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A group that is too full gives away what helps most, within its placement only. */
class BalancerTest {
  private static GroupInfo group(long id, long placement, long bytes) {
    return new GroupInfo(
        new GroupId(id),
        placement,
        "OPEN",
        List.of(),
        List.of(),
        List.of(),
        null,
        0,
        bytes,
        List.of());
  }

  private static DirectoryInfo directory(long id, long group, long bytes) {
    return new DirectoryInfo(
        id, KeyRange.point(Key.of(new byte[] {1, (byte) id})), 1, new GroupId(group), 1, bytes);
  }

  @Test
  void theLargestThatLeavesBothLessFullGoes() {
    List<GroupInfo> groups = List.of(group(1, 1, 100), group(2, 1, 20), group(3, 2, 0));
    List<DirectoryInfo> directories =
        List.of(directory(1, 1, 60), directory(2, 1, 30), directory(3, 1, 10));
    Balancer.Advice advice = Balancer.advise(groups, directories, 50);
    assertThat(advice).isNotNull();
    assertThat(advice.directory()).isEqualTo(directories.get(1));
    assertThat(advice.destination()).isEqualTo(new GroupId(2));
    assertThat(Balancer.advise(groups, directories, 100)).as("not too full").isNull();
  }

  @Test
  void aPlacementOfOneGroupNeedsAnotherFirst() {
    List<DirectoryInfo> two = List.of(directory(1, 1, 60), directory(2, 1, 40));
    Balancer.Advice advice = Balancer.advise(List.of(group(1, 1, 100)), two, 50);
    assertThat(advice).isEqualTo(new Balancer.Advice(null, null, 1));
    assertThat(Balancer.advise(List.of(group(1, 1, 100)), two.subList(0, 1), 50)).isNull();
  }
}
