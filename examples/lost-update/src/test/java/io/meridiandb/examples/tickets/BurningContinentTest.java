package io.meridiandb.examples.tickets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.meridiandb.junit.Fault;
import io.meridiandb.junit.LiveUniverse;
import io.meridiandb.junit.Universe;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Four buyers on three continents, servers that die and links that break. */
class BurningContinentTest {
  @Universe(
      regions = 3,
      seed = 42,
      seeds = 4,
      faults = {Fault.SERVER_CRASHES, Fault.NETWORK_CUTS, Fault.BROKEN_CONNECTIONS})
  void theCarefulOneNeverSellsASeatTwice(LiveUniverse universe) throws SQLException {
    Sale.run(universe, new CarefulBoxOffice(universe.dataSource()));
  }

  @Test
  void theHastyOneIsFoundOut() {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(HastyOnThreeContinents.class))
                .build(),
            listener);
    assertThat(listener.getSummary().getFailures())
        .as("seeds that find the lost update")
        .isNotEmpty();
    assertThat(listener.getSummary().getFailures().getFirst().getException())
        .hasMessageContaining("tickets for 5 seats");
  }
}
