package io.meridiandb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.wire.proto.Failure;
import org.junit.jupiter.api.Test;

/** Guards that an error arrives at the client as it was thrown at the server. */
class FailuresTest {
  @Test
  void everyCodeComesBackAsItWent() {
    for (ErrorCode code : ErrorCode.values()) {
      MeridianException sent = new MeridianException(code, "what", "hint", 7, null);
      MeridianException got = Failures.toException(Failures.toFrame(sent).build());
      assertThat(got.code()).isEqualTo(code);
      assertThat(got.hint()).isEqualTo("hint");
      assertThat(got.position()).isEqualTo(7);
      assertThat(got).hasMessage("what");
    }
  }

  @Test
  void aCodeOfANewerServerIsTakenByItsSqlState() {
    Failure newer = Failure.newBuilder().setCode("NEW").setSqlState("40001").build();
    assertThat(Failures.code(newer).retryable()).isTrue();
    assertThat(Failures.code(Failure.newBuilder().setCode("NEW").setSqlState("ZZ").build()))
        .isEqualTo(ErrorCode.INTERNAL);
  }

  @Test
  void sqlStatesHaveFiveCharacters() {
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(code.sqlState()).matches("[0-9A-Z]{5}");
    }
  }
}
