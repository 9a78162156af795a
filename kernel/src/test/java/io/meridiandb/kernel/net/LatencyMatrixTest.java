package io.meridiandb.kernel.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards the presets: the round trips that the demo prints are the ones it promises. */
class LatencyMatrixTest {
  private static final List<String> REGIONS = List.of("eu", "us", "asia");

  @Test
  void threeRegionsAreEightyHundredAndTwentyAndHundredAndSixtyMillisecondsApart() {
    LatencyMatrix matrix = LatencyMatrix.preset("three-regions", REGIONS);
    assertThat(matrix.roundTripMicros("eu", "us")).isEqualTo(80_000);
    assertThat(matrix.roundTripMicros("us", "asia")).isEqualTo(120_000);
    assertThat(matrix.roundTripMicros("asia", "eu")).isEqualTo(160_000);
    assertThat(matrix.roundTripMicros("eu", "eu")).isEqualTo(400);
    assertThat(matrix.between("eu", "us").jitterNanos()).isEqualTo(2_000_000);
  }

  @Test
  void aRegionStandsWhereItsNameSays() {
    LatencyMatrix aws = LatencyMatrix.preset("aws", List.of("us", "eu", "ap", "sa-east-1"));
    assertThat(aws.roundTripMicros("us", "eu")).isEqualTo(81_000);
    assertThat(aws.roundTripMicros("eu", "ap")).isEqualTo(212_000);
    assertThat(aws.roundTripMicros("sa-east-1", "ap")).isEqualTo(257_000);
    LatencyMatrix gcp = LatencyMatrix.preset("gcp", List.of("asia", "europe", "mars"));
    assertThat(gcp.roundTripMicros("asia", "europe")).isEqualTo(230_000);
    assertThat(gcp.roundTripMicros("mars", "europe")).isEqualTo(85_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "lan", "three-regions", "aws", "gcp", "paper"})
  void everyPresetIsSymmetricOverManyRegions(String name) {
    List<String> many = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    LatencyMatrix matrix = LatencyMatrix.preset(name, many);
    for (String from : many) {
      for (String to : many) {
        assertThat(matrix.between(from, to)).isEqualTo(matrix.between(to, from));
        assertThat(matrix.between(from, to).isNone()).isEqualTo(name.equals("none"));
      }
    }
    assertThat(LatencyMatrix.presets()).contains(name);
  }

  @Test
  void anUnknownPresetIsToldWithTheKnownOnes() {
    assertThatThrownBy(() -> LatencyMatrix.preset("moon", REGIONS))
        .hasMessageContaining("'moon'")
        .hasMessageContaining("three-regions");
  }
}
