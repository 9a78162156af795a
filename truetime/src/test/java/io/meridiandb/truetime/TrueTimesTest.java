package io.meridiandb.truetime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.time.Timestamp;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Guards protocol G10: the sources, their bounds, and that time never goes back. */
final class TrueTimesTest {
  private final ManualClocks clocks = new ManualClocks(1_000, 5_000_000);
  private final HostAnchor anchor = HostAnchor.mint(clocks);
  private final ManualHost host = new ManualHost();

  @Test
  void sharedHostFollowsBootTimeNotTheWallClock() {
    TrueTime time = TrueTimes.fromConfig("shared-host", clocks, anchor, host);
    clocks.boot += 50;
    clocks.wall -= 3_000_000;
    assertThat(time.now().earliest()).isEqualTo(new Timestamp(5_000_050));
    assertThat(time.now().epsilonNanos()).isZero();
  }

  @Test
  void serversOfOneHostReadTheSameTimeThroughAWrittenAnchor() {
    ManualClocks later = new ManualClocks(1_000, 999_999);
    TrueTime other = TrueTimes.sharedHost(later, HostAnchor.parse(anchor.toString()));
    assertThat(other.now()).isEqualTo(TrueTimes.sharedHost(clocks, anchor).now());
  }

  @Test
  void anAnchorOfAnotherBootIsRefused() {
    clocks.bootId = "boot-b";
    assertThatThrownBy(() -> TrueTimes.fromConfig("shared-host", clocks, anchor, host))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("boot-a")
        .hasMessageContaining("mint a new one");
  }

  @Test
  void aStaticBoundSurroundsTheWallClock() {
    TrueTime time = TrueTimes.fromConfig("static:1ms", clocks, anchor, host);
    assertThat(time.now().earliest()).isEqualTo(new Timestamp(4_000_000));
    assertThat(time.now().latest()).isEqualTo(new Timestamp(6_000_000));
    assertThat(time.after(new Timestamp(3_999_999))).isTrue();
    assertThat(time.after(new Timestamp(4_000_000))).isFalse();
    assertThat(time.before(new Timestamp(6_000_001))).isTrue();
    assertThat(time.before(new Timestamp(6_000_000))).isFalse();
  }

  @Test
  void boundsAreReadInMicrosecondsMillisecondsAndSeconds() {
    assertThat(epsilon("static:40us")).isEqualTo(Duration.ofNanos(40_000));
    assertThat(epsilon("static:250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(epsilon("static:0s")).isEqualTo(Duration.ZERO);
  }

  private Duration epsilon(String config) {
    return Duration.ofNanos(
        TrueTimes.fromConfig(config, clocks, anchor, host).now().epsilonNanos());
  }

  @Test
  void wrongConfigurationsSayWhatToWrite() {
    assertRefused("gps", "is not known: use shared-host");
    assertRefused("masters:1,2", "does not say which clock the masters have");
    assertRefused("masters:1,two@static:1ms", "write server ids with commas");
    assertRefused("masters:1@masters:2@static:1ms", "is not known");
    assertRefused("static:5", "with us, ms or s");
    assertRefused("static:xms", "with us, ms or s");
    assertRefused("static:251ms", "out of range: 0 to 250 ms");
    assertRefused("static:-1ms", "out of range");
    assertRefused("static:9223372036854775807us", "out of range");
  }

  private void assertRefused(String config, String message) {
    assertThatThrownBy(() -> TrueTimes.fromConfig(config, clocks, anchor, host))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void earliestNeverGoesBackWithinTheBound() {
    TrueTime time = TrueTimes.staticBound(clocks, Duration.ofMillis(1));
    Timestamp before = time.now().earliest();
    clocks.wall -= 500_000;
    assertThat(time.now().earliest()).isEqualTo(before);
    assertThat(time.now().latest()).isEqualTo(new Timestamp(5_500_000));
  }

  @Test
  void aSourceThatTellsNoTimeIsRefusedWithItsReason() {
    assertThatThrownBy(() -> TrueTimes.fromConfig("adjtimex", clocks, anchor, host))
        .isInstanceOf(ClockFaultException.class)
        .hasMessageContaining("run chronyd or ntpd");
    assertThatThrownBy(() -> TrueTimes.fromConfig("clockbound:/nowhere", clocks, anchor, host))
        .isInstanceOf(ClockFaultException.class)
        .hasMessageContaining("/nowhere")
        .hasMessageContaining("is its daemon running?");
  }

  @Test
  void aSourceKeepsTheNameItWasConfiguredWith() {
    assertThat(TrueTimes.fromConfig("shared-host", clocks, anchor, host).source())
        .isEqualTo("shared-host");
    assertThat(TrueTimes.fromConfig("static:5ms", clocks, anchor, host).source())
        .isEqualTo("static:5000us");
  }
}
