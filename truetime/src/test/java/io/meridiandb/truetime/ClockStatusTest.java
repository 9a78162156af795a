package io.meridiandb.truetime;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people read of a clock in the view, in the status and on the health page. */
final class ClockStatusTest {
  @Test
  void aFenceSaysMoreThanDistrustAndDistrustMoreThanNothing() {
    List<ServerId> two = List.of(new ServerId(2), new ServerId(3));
    assertThat(ClockStatus.health(null, List.of())).isEqualTo("good");
    assertThat(ClockStatus.health(null, two)).isEqualTo("does not talk with server-2, server-3");
    assertThat(ClockStatus.health("the clock stepped", two)).isEqualTo("fenced: the clock stepped");
  }
}
