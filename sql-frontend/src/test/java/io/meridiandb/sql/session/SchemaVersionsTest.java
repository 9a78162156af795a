package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.key.GroupKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Which groups a change of the schema tells of itself (docs/decisions/0005): group 0 always, and
 * those that hold rows of a table whose existing definition changes.
 */
class SchemaVersionsTest {
  private TestServer server;
  private TestClient client;

  @BeforeEach
  void start() {
    server = TestServer.inUniverse();
    client = server.client();
    run("CREATE PLACEMENT one OPTIONS (voters = 'eu')");
    run("CREATE PLACEMENT two OPTIONS (voters = 'us')");
  }

  @AfterEach
  void stop() {
    assertThat(server.failures).isEmpty();
    server.close();
  }

  private void run(String sql) {
    assertThat(client.execute(sql).failure()).isNull();
  }

  private long version(long group) {
    byte[] row = server.gateway.database.value(GroupKeys.schemaVersion(new GroupId(group)));
    return row == null ? 0 : SystemRows.schemaVersion(row).value();
  }

  @Test
  void newTablesTouchNoOtherGroup() {
    run("CREATE TABLE a (id INT PRIMARY KEY) PLACEMENT one");
    run("CREATE TABLE b (id INT PRIMARY KEY, r TEXT PLACEMENT KEY)");
    assertThat(version(0)).isEqualTo(2);
    assertThat(version(1)).isZero();
    assertThat(version(2)).isZero();
  }

  @Test
  void droppingTellsTheGroupsThatHoldTheRows() {
    run("CREATE TABLE a (id INT PRIMARY KEY) PLACEMENT one");
    run("DROP TABLE a");
    assertThat(version(0)).isEqualTo(2);
    assertThat(version(1)).isEqualTo(2);
    assertThat(version(2)).isZero();
  }

  @Test
  void aTableThatMovesKeepsItsKeysSoNobodyIsTold() {
    run("CREATE TABLE a (id INT PRIMARY KEY) PLACEMENT one");
    run("ALTER TABLE a MOVE TO PLACEMENT two");
    assertThat(version(0)).isEqualTo(2);
    assertThat(version(1)).isZero();
    run("DROP TABLE a");
    assertThat(version(2)).isEqualTo(3);
  }

  /**
   * A plan that does not know the new placement would miss its rows: every owner must refuse it.
   */
  @Test
  void aNewPlacementOfRowsTellsAllGroupsOfTheTable() {
    run("CREATE TABLE b (id INT PRIMARY KEY, r TEXT PLACEMENT KEY)");
    run("CREATE PLACEMENT three OPTIONS (voters = 'asia')");
    assertThat(version(0)).isEqualTo(2);
    assertThat(version(1)).isEqualTo(2);
    assertThat(version(2)).isEqualTo(2);
    assertThat(version(3)).isEqualTo(2);
  }
}
