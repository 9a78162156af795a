package io.meridiandb.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards the texts of timestamp bounds: they travel between versions. */
class TimestampBoundTest {
  @Test
  void writesTheShortestText() {
    assertThat(TimestampBound.strong()).hasToString("strong");
    assertThat(TimestampBound.ofExactStaleness(Duration.ofSeconds(10))).hasToString("exact:10s");
    assertThat(TimestampBound.ofMaxStaleness(Duration.ofMillis(1_500))).hasToString("max:1500ms");
    assertThat(TimestampBound.ofMaxStaleness(Duration.ofHours(48))).hasToString("max:2d");
    assertThat(TimestampBound.ofExactStaleness(Duration.ZERO)).hasToString("exact:0ns");
    assertThat(TimestampBound.ofReadTimestamp(Instant.ofEpochSecond(7, 5)))
        .hasToString("at:7000000005");
  }

  @ParameterizedTest
  @ValueSource(strings = {"strong", "exact:10s", "max:1us", "exact:0ns", "at:7000000005", "max:3h"})
  void readsWhatItWrites(String text) {
    assertThat(TimestampBound.parse(text)).hasToString(text);
  }

  @Test
  void readsAnEmptyTextAsStrong() {
    assertThat(TimestampBound.parse("  ").isStrong()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "weak",
        "exact",
        "exact:",
        "exact:s",
        "exact:10",
        "exact:-1s",
        "max:10y",
        "at:noon",
        "at:-1",
        "max:9999999999999999999d",
        "max:366d"
      })
  void refusesOthersWithAHint(String text) {
    assertThatThrownBy(() -> TimestampBound.parse(text))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER_VALUE);
              assertThat(e).hasMessageContaining(text);
              assertThat(e.hint()).contains("exact:10s");
            });
  }
}
