package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.sql.catalog.PlacementDefinition;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.junit.jupiter.api.Test;

/** Guards DROP PLACEMENT beside a CREATE PLACEMENT of the same name (sweep of 45 s, seed 40). */
class MissingPlacementTest {
  private static PlacementInfo placement(long id, String name) {
    PlacementOptions.Mode mode = PlacementOptions.Mode.values()[0];
    return new PlacementInfo(
        id, name, new PlacementOptions(null, List.of("a"), List.of(), List.of(), mode), List.of());
  }

  @Test
  void whatIsMadeAfterItWasMissedDidNotExist() {
    SqlIdentifier name = new SqlIdentifier("late", SqlParserPos.ZERO);
    List<PlacementInfo> now = List.of(placement(1, "early"), placement(2, "late"));
    assertThat(PlacementDefinition.missing(name, now))
        .hasMessageContaining("placement \"late\" does not exist");
  }
}
