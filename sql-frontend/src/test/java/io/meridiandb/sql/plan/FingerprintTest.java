package io.meridiandb.sql.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.sql.parser.SqlLexer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Constants that decide nothing about the plan are taken out; those that do stay. */
class FingerprintTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "SELECT * FROM t WHERE a = 5 AND b = 'x''y' | SELECT * FROM t WHERE a = $1 AND b = $2 | [5, x'y]",
        "SELECT * FROM t WHERE a = -5 | SELECT * FROM t WHERE a = $1 | [-5]",
        "SELECT * FROM t WHERE a IN (1, -2, 'x') | SELECT * FROM t WHERE a IN ($1, $2, $3) | [1, -2, x]",
        "SELECT * FROM t WHERE a BETWEEN 1 AND 2 | SELECT * FROM t WHERE a BETWEEN $1 AND $2 | [1, 2]",
        "INSERT INTO t VALUES (1, 'a'), (2, 1 + 3) | INSERT INTO t VALUES ($1, $2), ($3, 1 + 3) | [1, a, 2]",
        "UPDATE t SET a = 1.5 WHERE b >= 2 | UPDATE t SET a = $1 WHERE b >= $2 | [1.5, 2]",
        "SELECT a, 7 FROM t WHERE a = 1 ORDER BY 2 LIMIT 3 | SELECT a, 7 FROM t WHERE a = $1 ORDER BY 2 LIMIT 3 | [1]",
        "SELECT * FROM t WHERE c LIKE 'x%' AND d = date '2020-01-01' AND a = 1 | SELECT * FROM t WHERE c LIKE 'x%' AND d = date '2020-01-01' AND a = $1 | [1]",
        "SELECT * FROM t WHERE a IN (SELECT 1 FROM u WHERE x < 4) | SELECT * FROM t WHERE a IN (SELECT 1 FROM u WHERE x < $1) | [4]",
      })
  void constantsAreTakenOut(String sql, String text, String values) {
    Fingerprint.Result result = Fingerprint.of(sql, SqlLexer.tokens(sql));
    assertThat(result).isNotNull();
    assertThat(result.text()).isEqualTo(text);
    assertThat(result.values()).hasToString(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "SELECT 1",
        "SELECT * FROM t WHERE a = ? AND b = 2",
        "BEGIN",
        "CREATE TABLE t (a INT DEFAULT 1)",
        "SELECT a FROM t GROUP BY 1",
      })
  void othersStayAsTheyAre(String sql) {
    assertThat(Fingerprint.of(sql, SqlLexer.tokens(sql))).isNull();
  }
}
