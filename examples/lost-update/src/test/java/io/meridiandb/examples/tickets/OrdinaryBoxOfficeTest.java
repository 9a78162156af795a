package io.meridiandb.examples.tickets;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.jdbc.MeridianDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What most applications have: one thread, one server. Both box offices pass. */
class OrdinaryBoxOfficeTest {
  @Test
  void theHastyOneSellsEverySeatOnce() throws SQLException {
    sellsEverySeatOnce("hasty", HastyBoxOffice::new);
  }

  @Test
  void theCarefulOneSellsEverySeatOnce() throws SQLException {
    sellsEverySeatOnce("careful", CarefulBoxOffice::new);
  }

  private static void sellsEverySeatOnce(String name, Function<DataSource, BoxOffice> made)
      throws SQLException {
    DataSource database = new MeridianDataSource("jdbc:meridian:mem:" + name);
    try (Connection open = database.getConnection()) {
      BoxOffice.open(database, 3);
      BoxOffice office = made.apply(database);
      for (int i = 1; i <= 3; i++) {
        assertThat(office.sell("order-" + i, "Ada")).isTrue();
      }
      assertThat(office.sell("order-4", "Grace")).isFalse();
      assertThat(office.sold()).isEqualTo(3);
      assertThat(open.isValid(1)).isTrue();
    }
  }
}
