package io.meridiandb.simulator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  void aSweepPrintsTheSeedsInOrderWithEqualHashesWhateverTheJobs(@TempDir Path folder)
      throws IOException {
    assertThat(run("sweep", "--seeds", "1..3", "--jobs", "3", "--seconds", "1")).isZero();
    List<String> lines = out.toString().lines().toList();
    assertThat(lines).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(lines.get(i)).startsWith("{\"seed\":" + (i + 1) + ",\"hash\":\"");
    }
    out.getBuffer().setLength(0);
    assertThat(run("run", "--seed", "2", "--seconds", "1")).isZero();
    assertThat(out.toString().strip()).isEqualTo(lines.get(1));
    Path before = folder.resolve("before");
    Files.writeString(before, lines.get(1).replaceFirst("hash\":\"", "hash\":\"x") + "\n");
    String[] again = {"sweep", "--seeds", "2..2", "--seconds", "1", "--same-as", "" + before};
    assertThat(run(again)).isEqualTo(1);
    assertThat(err.toString()).contains("seed 2 is not the run that it was");
    Files.writeString(before, lines.get(1) + "\n");
    assertThat(run(again)).isZero();
  }

  /** Disks that lie: the seed must fail, and the command that is printed must fail the same way. */
  @Test
  void aFailingSeedLeavesAScenarioAndATraceOfItselfAndASweepThatGoesOnKnowsOfIt(
      @TempDir Path folder) throws IOException {
    Path lines = folder.resolve("lines");
    List<String> sweep =
        List.of(
            "sweep",
            "--seeds",
            "4..4",
            "--ignore-forces",
            "--seconds",
            "3",
            "--out",
            "" + lines,
            "--failures",
            "" + folder);
    assertThat(run(sweep.toArray(String[]::new))).isEqualTo(1);
    String failed = out.toString();
    assertThat(err.toString()).contains("again: ./meridian sim replay").doesNotContain("ANOTHER");
    String trace = Files.readString(folder.resolve("seed-4.trace"));
    assertThat(trace)
        .contains("start server-1#1", "write log/", "arrival", "*** fault ", "*** VIOLATION ")
        .containsPattern("server-1 -> server-2, .*group-0 #");
    out.getBuffer().setLength(0);
    assertThat(run("replay", folder.resolve("seed-4.scenario").toString())).isEqualTo(1);
    assertThat(out.toString()).isEqualTo(failed).contains(", event ");
    assertThat(run(sweep.toArray(String[]::new))).as("it has run before").isEqualTo(1);
  }

  @Test
  void theFirstEventThatDiffersIsNamed(@TempDir Path folder) throws IOException {
    Path trace = folder.resolve("trace");
    String[] seed = {"run", "--seed", "1", "--seconds", "1", "--twice", "--trace", "" + trace};
    assertThat(run(seed)).isZero();
    assertThat(err.toString()).isEmpty();
    List<String> lines = new ArrayList<>(Files.readAllLines(trace));
    String other = lines.get(5_000) + " and more";
    lines.set(5_000, other);
    Files.write(trace, lines);
    assertThat(run("run", "--seed", "1", "--seconds", "1", "--same-as", "" + trace)).isEqualTo(1);
    assertThat(err.toString())
        .contains("differ first in line 5001", "both:    " + lines.get(4_999), other);
  }

  @Test
  void wrongUseIsToldInOneLine() {
    for (List<String> arguments :
        List.of(
            List.of("sweep", "--seeds", "4"),
            List.of("sweep", "--seeds", "a..b"),
            List.of("sweep", "--seeds", "1..2", "--jobs", "0"),
            List.of("sweep", "--seeds", "9..1"),
            List.of("sweep", "--seeds", "1..2", "--seconds", "-4"),
            List.of("run", "--seed", "1", "--seconds", "0"),
            List.of("run", "--seed", "1", "--trace", "/no/such/folder/trace"),
            List.of("run", "--seed", "1", "--same-as", "/no/such/trace"),
            List.of("run"),
            List.of("run", "--seed", "x"))) {
      err.getBuffer().setLength(0);
      assertThat(run(arguments.toArray(String[]::new))).as("%s", arguments).isEqualTo(2);
      assertThat(err.toString().lines().findFirst().orElse("")).contains("--");
    }
  }
}
