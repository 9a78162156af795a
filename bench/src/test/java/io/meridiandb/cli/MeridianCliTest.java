package io.meridiandb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Wrong use of the command line: one clear line and exit status 2. */
class MeridianCliTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line =
        MeridianCli.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return line.execute(arguments);
  }

  @Test
  void unknownCommandIsOneLineAndStatusTwo() {
    assertThat(run("frobnicate")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("frobnicate", "--help");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void unknownOptionIsOneLineAndStatusTwo() {
    assertThat(run("--frobnicate")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).contains("--frobnicate");
  }

  @Test
  void versionAndHelpAnswer() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).startsWith("Meridian").contains("Java");
    assertThat(run("--help")).isZero();
    assertThat(run()).isZero();
    assertThat(out.toString()).contains("Usage: meridian");
    assertThat(err.toString()).isEmpty();
  }
}
