package io.meridiandb.simulator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Guards the commands: a line of JSON a seed in order, exit status, one message for wrong use. */
class SimCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return new CommandLine(new SimCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  @Test
  void aSweepPrintsTheSeedsInOrderWithEqualHashesWhateverTheJobs() {
    assertThat(run("sweep", "--seeds", "1..3", "--jobs", "3", "--seconds", "1")).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(lines.get(i)).startsWith("{\"seed\":" + (i + 1) + ",\"hash\":\"");
    }
    out.getBuffer().setLength(0);
    assertThat(run("run", "--seed", "2", "--seconds", "1")).isZero();
    assertThat(out.toString().strip()).isEqualTo(lines.get(1));
  }

  @Test
  void aTraceIsWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("trace");
    assertThat(run("run", "--seed", "1", "--seconds", "1", "--trace", file.toString())).isZero();
    assertThat(Files.readString(file)).contains("start server-1#1", "write log/", "arrival");
  }

  @Test
  void wrongUseIsToldInOneLine() {
    for (List<String> arguments :
        List.of(
            List.of("sweep", "--seeds", "4"),
            List.of("sweep", "--seeds", "a..b"),
            List.of("sweep", "--seeds", "1..2", "--jobs", "0"),
            List.of("run"),
            List.of("run", "--seed", "x"))) {
      err.getBuffer().setLength(0);
      assertThat(run(arguments.toArray(String[]::new))).as("%s", arguments).isEqualTo(2);
      assertThat(err.toString().lines().findFirst().orElse("")).contains("--");
    }
  }
}
