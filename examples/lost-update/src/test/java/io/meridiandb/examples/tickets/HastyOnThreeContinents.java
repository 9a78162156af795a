package io.meridiandb.examples.tickets;

import io.meridiandb.junit.LiveUniverse;
import io.meridiandb.junit.Universe;
import java.sql.SQLException;

/** Fails, as it must: {@link BurningContinentTest} runs it. */
class HastyOnThreeContinents {
  @Universe(regions = 3, seed = 42, seeds = 3)
  void neverSellsASeatTwice(LiveUniverse universe) throws SQLException {
    Sale.run(universe, new HastyBoxOffice(universe.dataSource()));
  }
}
