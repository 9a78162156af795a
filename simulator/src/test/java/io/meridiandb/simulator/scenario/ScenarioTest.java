package io.meridiandb.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.simulator.NodeAssembly;
import io.meridiandb.simulator.Report;
import io.meridiandb.simulator.Simulation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Guards scenario files: what is written happens, what is expected is judged, errors are told. */
class ScenarioTest {
  private static final String HEAD =
      """
      seed 7            # all else follows from it
      regions eu, us, ap with 1 server each, three-regions
      workloads ledger
      length 9s
      """;

  private static Report run(String text) {
    return new Simulation(new Simulation.Options(ScenarioReader.read(text)), new NodeAssembly())
        .run(null);
  }

  @Test
  void aLeaderLostCostsAWriterALeaseAndNotMore() {
    String script = HEAD + "at 1s kill leader\nat 6s start eu\nat 6s start us\nat 6s start ap\n";
    Report patient = run(script + "expect no write outage over 8s");
    assertThat(patient.violations()).isEmpty();
    assertThat(patient.faults().get("server-kill").fired()).isEqualTo(1);
    Report hasty = run(script + "expect no write outage over 500ms in eu");
    assertThat(hasty.violations()).hasSize(1).first().asString().contains("a write in eu took");
  }

  @Test
  void aTableThatNobodyMadeIsToldWithTheLine() {
    Report report = run("servers 3\nworkloads bank\nlength 2s\nat 1s kill leader of ledgers");
    assertThat(report.violations())
        .first()
        .asString()
        .contains("line 4", "no table 'ledgers'", "[accounts]");
  }

  @Test
  void disksThatLieLieAgain() {
    String left = ScenarioText.of(17, Duration.ofSeconds(4), true, List.of(), List.of());
    assertThat(new Simulation.Options(ScenarioReader.read(left)).forcesIgnored()).isTrue();
    assertThatThrownBy(() -> ScenarioReader.read("forces done"))
        .hasMessageContaining("'forces ignored'");
  }

  @Test
  void everyWordIsUnderstoodAndRepeats() {
    String script =
        HEAD
            + """
            bandwidth 200kB/s
            faults none
            at 100ms cut eu from us
            at 300ms cut ap from us both ways
            at 600ms join
            at 700ms isolate ap
            at 1s join
            at 2s power off eu
            at 3s start eu
            at 4s pause leader for 1s
            at 6s stall disks of us for 500ms
            at 6s slow eu to us by 300ms for 1s
            at 6s narrow ap to eu to 10kB/s for 1s
            at 7s fault swizzle-clog
            at 8s heal
            expect no write outage over 2m in ap
            """;
    Report first = run(script);
    assertThat(first.violations()).isEmpty();
    assertThat(first.faults())
        .containsKeys(
            "cut",
            "server-crash",
            "server-pause",
            "disk-stall",
            "clog",
            "link-slow",
            "link-narrow");
    assertThat(first.faults().get("link-narrow").fired()).isEqualTo(1);
    assertThat(run(script)).isEqualTo(first);
  }

  /** That it is the same run again is for SimCommandTest, which has one that fails. */
  @Test
  void whatAFailingSeedLeavesIsReadAsThatSeed() {
    String left =
        ScenarioText.of(
            5, Duration.ofSeconds(3), false, List.of("a\nb"), List.of("at 7ms fault isolate"));
    assertThat(left).contains("# found a b", "# at 7ms fault isolate");
    Scenario read = ScenarioReader.read(left);
    assertThat(read.seed()).isEqualTo(5);
    assertThat(read.length()).isEqualTo(Duration.ofSeconds(3));
    assertThat(read.drawnFaults()).isTrue();
    assertThat(read.steps()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          sed 4                                | begins with none of seed
          seed x                               | 'x' is no whole number
          workloads bank, chess                | no workload 'chess'
          at noon kill leader                  | 30s, 200ms or 2m
          at 3s kill                           | nobody knows how to
          at 3s fault meteor                   | no kind of fault 'meteor'
          regions eu with 1 server each, warp  | no latency preset 'warp'
          faults many                          | 'drawn' or 'none'
          expect nothing                       | expect no write outage
          at 3s kill server-9                  | no place 'server-9'; there are the regions
          at 3s pause mars for 1s              | no place 'mars'
          at 3s cut eu from atlantis           | no place
          at 3s isolate leader                 | isolate a region, a zone or a server
          at 15s join                          | after the end; the scenario is 15 s long
          expect no write outage over 5s in ap | no region 'ap'
          forces ignored                       | said before
          servers 2                            | 3 to 60 servers, not 2
          servers 100000                       | 3 to 60 servers
          regions eu, eu with 2 servers each, lan | a name of its own
          regions eu with 0 servers each, lan  | 3 to 60 servers, not 0
          regions EU! with 3 servers each, lan | no name for a region
          length 99999999999999999m            | no time may be over 24 hours
          bandwidth plenty                     | 800B/s or 2MB/s
          at 3s narrow eu to us to 0B/s for 1s | is cut, not narrow
          """)
  void wrongLinesAreToldWithTheirNumber(String line, String message) {
    assertThatThrownBy(() -> ScenarioReader.read("forces ignored\n" + line))
        .hasMessageContaining("line 2")
        .hasMessageContaining(message);
  }

  @Test
  void timesDoNotGoBack() {
    assertThatThrownBy(() -> ScenarioReader.read("at 3s join\n\nat 2s heal"))
        .hasMessageContaining("line 3")
        .hasMessageContaining("a later time");
  }
}
