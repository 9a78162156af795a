package io.meridiandb.examples.tickets;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.junit.LiveUniverse;
import java.sql.SQLException;
import java.time.Duration;

/** Four buyers on three continents who want the same five seats at the same time. */
final class Sale {
  private static final int SEATS = 5;
  private static final int BUYERS = 4;
  private static final int ORDERS_EACH = 2;

  private Sale() {}

  static void run(LiveUniverse universe, BoxOffice office) throws SQLException {
    BoxOffice.open(universe.dataSource(), SEATS);
    for (int i = 0; i < BUYERS; i++) {
      String buyer = "buyer-" + i;
      String region = universe.regions().get(i % universe.regions().size());
      universe.clientIn(
          region,
          buyer,
          () -> {
            for (int order = 0; order < ORDERS_EACH; order++) {
              office.sell(buyer + "/" + order, buyer);
              universe.advance(Duration.ofMillis(universe.random(200)));
            }
          });
    }
    universe.joinAll();
    universe.heal();
    universe.advance(Duration.ofSeconds(5));
    assertThat(office.sold()).as("tickets for %d seats", SEATS).isEqualTo(SEATS);
    assertThat(office.seatsLeft()).isZero();
  }
}
