package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the scripts of {@code src/test/resources/scripts}: statements that end with a semicolon,
 * each followed by what the session must answer, in lines that begin with {@code >}. {@code
 * -Drewrite} writes the answers anew: read the difference before it is committed. Scripts whose
 * name begins with {@code placement} run in a universe of five zones, the others on a server alone.
 */
class ScriptTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/scripts");

  @TestFactory
  Stream<DynamicTest> scripts() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return files.sorted().toList().stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
    }
  }

  private static void run(Path file) throws IOException {
    List<String> expected = Files.readAllLines(file);
    List<String> actual = new ArrayList<>();
    boolean placed = file.getFileName().toString().startsWith("placement");
    try (TestServer server = placed ? TestServer.inUniverse() : new TestServer()) {
      TestClient client = server.client();
      StringBuilder statement = new StringBuilder();
      for (String line : expected) {
        if (line.startsWith(">")) {
          continue;
        }
        actual.add(line);
        boolean comment = statement.isEmpty() && (line.isBlank() || line.startsWith("--"));
        if (comment) {
          continue;
        }
        statement.append(statement.isEmpty() ? "" : "\n").append(line);
        if (line.endsWith(";")) {
          String sql = statement.substring(0, statement.length() - 1);
          client.execute(sql).lines().forEach(answer -> actual.add("> " + answer));
          statement.setLength(0);
        }
      }
      assertThat(server.failures).isEmpty();
    }
    if (System.getProperty("rewrite") != null) {
      Files.write(file, actual);
    } else {
      assertThat(actual).isEqualTo(expected);
    }
  }
}
