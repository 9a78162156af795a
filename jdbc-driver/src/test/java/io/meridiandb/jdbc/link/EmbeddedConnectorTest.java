package io.meridiandb.jdbc.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import org.junit.jupiter.api.Test;

/** Guards that mem: on an old Java, or without the engine, says why it is refused. */
class EmbeddedConnectorTest {
  @Test
  void anOlderJavaIsRefusedWithTheReason() {
    assertThatThrownBy(() -> EmbeddedConnector.engine(17))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.FEATURE_NOT_SUPPORTED);
              assertThat(e.hint()).contains("jdbc:meridian://");
            })
        .hasMessageContaining("needs Java 25; this is Java 17");
  }

  @Test
  void withoutAnEngineItSaysWhatIsMissing() {
    assertThatThrownBy(() -> EmbeddedConnector.engine(25))
        .hasMessageContaining("no engine on the class path");
  }
}
