package io.meridiandb.sql.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No statement, however made, overflows the stack or takes long: it is refused with 54001. */
class StatementLimitsTest {
  static String[] bombs() {
    return new String[] {
      "SELECT " + "(".repeat(100_000) + "1",
      "SELECT " + "(".repeat(501) + "1" + ")".repeat(501),
      "SELECT 1 WHERE a = 0" + " OR a = 1".repeat(100_000),
      "SELECT 1" + " + 1".repeat(100_000),
      "SELECT " + "- ".repeat(100_000) + "1",
      "SELECT " + "NOT ".repeat(100_000) + "true",
      "SELECT " + "CASE WHEN true THEN ".repeat(1_000) + "1" + " END".repeat(1_000),
      "SELECT 1" + " UNION ALL SELECT 1".repeat(10_000),
      "SELECT * FROM t" + " JOIN t ON true".repeat(10_000),
      "SELECT " + "(SELECT ".repeat(10_000) + "1" + ")".repeat(10_000),
      "SELECT " + "abs(".repeat(10_000) + "1" + ")".repeat(10_000),
      "SELECT 'x'" + "::text".repeat(100_000),
      "SELECT a" + " IS NULL".repeat(100_000),
      "SELECT a" + "[1".repeat(50_000),
      "SELECT '" + "x".repeat(1 << 20) + "'",
    };
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void bombsAreRefused(String sql) {
    MeridianException error =
        Assertions.assertTimeout(
            Duration.ofSeconds(5),
            () -> catchThrowableOfType(MeridianException.class, () -> StatementParser.parse(sql)));
    assertThat(error.code()).isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
    assertThat(error.hint()).isNotBlank();
  }

  static String[] large() {
    return new String[] {
      "SELECT " + "(".repeat(400) + "1" + ")".repeat(400),
      "SELECT * FROM t WHERE a = 0" + " OR a = 1 AND b = 2".repeat(450),
      "SELECT * FROM t WHERE a IN (0" + ", 1".repeat(100_000) + ")",
      "INSERT INTO t VALUES (1, 'a')" + ", (2, 'b')".repeat(10_000),
      "SELECT '" + "x".repeat(1_000_000) + "'",
      "SELECT 1" + " UNION ALL SELECT 1".repeat(400),
    };
  }

  @ParameterizedTest
  @MethodSource("large")
  void largeButFlatIsTaken(String sql) {
    assertThatCode(() -> StatementParser.parse(sql)).doesNotThrowAnyException();
  }
}
