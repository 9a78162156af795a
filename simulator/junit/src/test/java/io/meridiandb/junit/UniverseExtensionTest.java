package io.meridiandb.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Guards the end of a failing test: it runs for every seed and says how to repeat one. */
class UniverseExtensionTest {
  private static TestExecutionSummary run() {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(FailingExample.class))
                .build(),
            listener);
    return listener.getSummary();
  }

  @Test
  void aFailureNamesItsSeedAndTheLineThatRepeatsIt() {
    TestExecutionSummary summary = run();
    assertThat(summary.getTestsStartedCount()).isEqualTo(2);
    assertThat(summary.getFailures()).isNotEmpty();
    TestExecutionSummary.Failure failure = summary.getFailures().getFirst();
    assertThat(failure.getTestIdentifier().getDisplayName()).startsWith("seed 3");
    assertThat(failure.getException().getSuppressed())
        .anySatisfy(repeat ->
            assertThat(repeat)
                .isInstanceOf(RepeatWith.class)
                .hasMessageContaining("-Dtest=FailingExample#anUpdateIsLost -Dmeridian.seed=3"));
  }

  @Test
  void aSeedByPropertyRunsAloneAndFailsTheSameWay() {
    List<TestExecutionSummary.Failure> before = run().getFailures();
    long seed =
        Long.parseLong(
            before.getFirst().getTestIdentifier().getDisplayName().substring("seed ".length()));
    System.setProperty(UniverseExtension.SEED_PROPERTY, Long.toString(seed));
    try {
      TestExecutionSummary again = run();
      assertThat(again.getTestsStartedCount()).isEqualTo(1);
      assertThat(again.getFailures().getFirst().getException())
          .hasMessage(before.getFirst().getException().getMessage());
    } finally {
      System.clearProperty(UniverseExtension.SEED_PROPERTY);
    }
  }
}
