package io.meridiandb.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Guards the keys of a benchmark's line: they are the same for ever. */
class LoadResultTest {
  @Test
  void oneLineOfJson() {
    Histogram latencies = new Histogram(3);
    for (int i = 1; i <= 100; i++) {
      latencies.recordValue(i * 1_000L);
    }
    LoadResult result =
        new LoadResult(
            "kv-read", "X \"1\"", 4, 2, latencies, new LoadResult.Counts(3, 200_000, -1, 6));
    assertThat(result.json())
        .isEqualTo(
            "{\"workload\":\"kv-read\",\"product\":\"X '1'\",\"isolation\":\"serializable\","
                + "\"clients\":4,\"seconds\":2.0,\"operations\":100,\"opsPerSecond\":50.0,"
                + "\"p50Micros\":50.0,\"p95Micros\":95.0,\"p99Micros\":99.0,\"maxMicros\":100.0,"
                + "\"cpuMicrosPerOp\":{\"client\":2.0,\"servers\":null},\"retries\":3,"
                + "\"warmUpSeconds\":6.0}");
  }

  @Test
  void warmUpEndsWhenTwoWindowsCostTheSame() {
    assertThat(LoadPlan.WarmUp.steady(Double.NaN, 100)).isFalse();
    assertThat(LoadPlan.WarmUp.steady(200, 100)).isFalse();
    assertThat(LoadPlan.WarmUp.steady(100, 109)).isFalse();
    assertThat(LoadPlan.WarmUp.steady(100, 93)).isTrue();
  }

  @Test
  void portsAreThoseOfTheUrl() {
    assertThat(ServerProcesses.ports("jdbc:meridian://a:7411,[::1]:7412/main?x=1"))
        .containsExactly(7411, 7412);
    assertThat(ServerProcesses.ports("jdbc:postgresql://127.0.0.1:5432/postgres"))
        .containsExactly(5432);
    assertThat(ServerProcesses.ports("jdbc:meridian:mem:x")).isEmpty();
  }

  @Test
  void cpuOfAProcessIsFoundAndOfNoneIsUnknown() {
    assertThat(ServerProcesses.cpuNanos(java.util.List.of(ProcessHandle.current().pid())))
        .isPositive();
    assertThat(ServerProcesses.cpuNanos(java.util.List.of())).isNegative();
  }
}
