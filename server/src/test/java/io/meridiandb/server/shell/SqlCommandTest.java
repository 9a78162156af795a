package io.meridiandb.server.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.server.shell.SqlSession.Head;
import io.meridiandb.server.shell.SqlSession.Look;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Guards what scripts rely on: output, exit status, and where errors go. */
class SqlCommandTest {
  private final FakeDatabase database =
      new FakeDatabase()
          .rows(
              "SELECT name",
              List.of(
                  new Head("name", Look.TEXT),
                  new Head("people", Look.NUMBER),
                  new Head("big", Look.BOOLEAN)),
              List.of(
                  FakeDatabase.row("Zürich", "443", "f"),
                  FakeDatabase.row("東京", "13960236", "t"),
                  FakeDatabase.row("a \"q\", b\n", null, null)))
          .count("INSERT", 3)
          .count("CREATE TABLE t (id INT)", -1);
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String input, String... arguments) {
    SqlCommand command =
        new SqlCommand(
            url -> {
              if (url.contains("nowhere")) {
                throw new SQLException("no connection to nowhere\n  Hint: Is it up?", "08001");
              }
              return database;
            },
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            false);
    return new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments);
  }

  @Test
  void alignedRowsHaveTheirNumbersToTheRight() {
    assertThat(run("", "-c", "SELECT name")).isZero();
    assertThat(out)
        .hasToString(
            """
             name       |   people | big
            ------------+----------+-----
             Zürich     |      443 | f
             東京       | 13960236 | t
             a "q", b\\n |          |
            (3 rows)
            """);
    assertThat(database.closed).isTrue();
  }

  @Test
  void csvFollowsItsStandard() {
    assertThat(run("", "--format", "csv", "-c", "SELECT name; INSERT")).isZero();
    assertThat(out)
        .hasToString("name,people,big\nZürich,443,f\n東京,13960236,t\n\"a \"\"q\"\", b\n\",,\n");
  }

  @Test
  void jsonKeepsNumbersAndBooleans() {
    assertThat(run("", "--format", "JSON", "-c", "SELECT name")).isZero();
    assertThat(out)
        .hasToString(
            """
            [
             {"name": "Zürich", "people": 443, "big": false},
             {"name": "東京", "people": 13960236, "big": true},
             {"name": "a \\"q\\", b\\n", "people": null, "big": null}
            ]
            """);
  }

  @Test
  void expandedRowsHaveALineForEachValue() {
    assertThat(run("", "-x", "-c", "SELECT name")).isZero();
    assertThat(out.toString())
        .startsWith("-[ row 1 ]-\nname   | Zürich\npeople | 443\n")
        .contains("people |\n");
  }

  @Test
  void aPipeExecutesStatementsOverSeveralLines() {
    assertThat(run("INSERT;\nCREATE TABLE\nt (id INT);\n\\x\n\\q\nSELEKT;")).isEqualTo(1);
    assertThat(database.executed).containsExactly("INSERT", "CREATE TABLE\nt (id INT)");
    out.getBuffer().setLength(0);
    database.executed.clear();
    assertThat(run("INSERT;\nCREATE TABLE t (id INT);\n\\x\n\\q\nSELEKT;")).isZero();
    assertThat(out).hasToString("INSERT 3\nCREATE TABLE\nExpanded display is on.\n");
  }

  @Test
  void aFailureStopsAndPointsAtThePlace() {
    assertThat(run("INSERT;\n-- why\nSELECT\n\tSELEKT x;\nINSERT;")).isEqualTo(1);
    assertThat(database.executed).hasSize(2);
    assertThat(err)
        .hasToString(
            """
            ERROR 42601: no such word
            LINE 3:  SELEKT x
                     ^
            HINT: Write SELECT.
            """);
  }

  @Test
  void aFileIsExecutedAndMayIncludeOthers(@TempDir Path folder) throws Exception {
    Path inner = Files.writeString(folder.resolve("inner.sql"), "INSERT");
    Path outer = Files.writeString(folder.resolve("outer.sql"), "INSERT;\n\\i " + inner + "\n");
    assertThat(run("", "-f", outer.toString())).isZero();
    assertThat(database.executed).containsExactly("INSERT", "INSERT");
    assertThat(run("", "-f", folder.resolve("none.sql").toString())).isEqualTo(1);
    assertThat(err.toString()).contains("there is no file");
    Files.writeString(inner, "\\i " + inner);
    assertThat(run("", "-f", inner.toString())).isEqualTo(1);
    assertThat(err.toString()).contains("include each other");
  }

  @Test
  void wrongUseIs2AndNoConnectionIs3() {
    assertThat(run("", "--format", "xml")).isEqualTo(2);
    assertThat(run("", "--url", "jdbc:meridian:mem:x", "--port", "1")).isEqualTo(2);
    assertThat(run("", "--nonsense")).isEqualTo(2);
    assertThat(run("", "--host", "nowhere")).isEqualTo(3);
    assertThat(err.toString()).endsWith("meridian: no connection to nowhere. Is it up?\n");
  }

  @Test
  void tablesAreListedAndDescribed() {
    assertThat(run("\\dt\n\\d cities\n\\timing on\nINSERT;\n\\d nothing\n")).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            """
             Schema | Name      | Kind
            --------+-----------+-------
             public | cities    | table
             public | countries | table
            (2 rows)
            """)
        .contains(" population | bigint |          | 0\n")
        .contains("Primary key: (country, id)\nInterleaved in parent: countries\n")
        .containsPattern("Time: [0-9.]+ ms");
    assertThat(err.toString()).contains("there is no table \"nothing\"");
  }

  @Test
  void anUnknownCommandIsAnError() {
    assertThat(run("\\nonsense")).isEqualTo(1);
    assertThat(err.toString()).contains("\\nonsense; \\? lists them");
    assertThat(run("\\?")).isZero();
    assertThat(out.toString()).contains("\\timing");
  }
}
