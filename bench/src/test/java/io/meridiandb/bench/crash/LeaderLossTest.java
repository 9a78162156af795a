package io.meridiandb.bench.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Three real processes on disks that lose what was not forced: leaders are killed under load, and
 * whatever was acknowledged is there. How long the outages were is measured by {@code ./meridian
 * leader-test}, not asserted: a test has no quiet machine.
 */
class LeaderLossTest {
  @TempDir Path folder;

  @Test
  void nothingAcknowledgedIsLostWithALeader() {
    kill(5);
  }

  @Test
  @Tag("deep")
  void nothingAcknowledgedIsLostWithFiftyLeaders() {
    kill(50);
  }

  private void kill(int leaders) {
    StringWriter said = new StringWriter();
    int status =
        new CommandLine(new LeaderTestCommand())
            .setOut(new PrintWriter(said, true))
            .execute(
                "--rounds",
                String.valueOf(leaders),
                "--lease-millis",
                "1000",
                "--folder",
                folder.toString());
    assertThat(status).as("%s", said).isZero();
    assertThat(said.toString()).contains("round " + leaders + ":").doesNotContain("lost;");
  }
}
