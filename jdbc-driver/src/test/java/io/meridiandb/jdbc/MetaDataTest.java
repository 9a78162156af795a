package io.meridiandb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.wire.proto.Type.Kind;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards what tools read of the catalog. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class MetaDataTest {
  private final FakeServer server = new FakeServer("fake");

  private Connection connect() throws SQLException {
    server.on(
        "SELECT table_schema, table_name, table_type FROM information_schema.tables"
            + " ORDER BY table_type, table_schema, table_name",
        Fixtures.rows(
            List.of(
                Fixtures.column("table_schema", Kind.TEXT),
                Fixtures.column("table_name", Kind.TEXT),
                Fixtures.column("table_type", Kind.TEXT)),
            "public",
            "cities",
            "BASE TABLE",
            "public",
            "city_names",
            "BASE TABLE",
            "information_schema",
            "tables",
            "SYSTEM VIEW"));
    server.on(
        "SELECT table_schema, table_name, column_name, ordinal_position, data_type,"
            + " character_maximum_length, numeric_precision, numeric_scale,"
            + " is_nullable, column_default FROM information_schema.columns"
            + " ORDER BY table_schema, table_name, ordinal_position",
        Fixtures.rows(
            List.of(
                Fixtures.column("table_schema", Kind.TEXT),
                Fixtures.column("table_name", Kind.TEXT),
                Fixtures.column("column_name", Kind.TEXT),
                Fixtures.column("ordinal_position", Kind.INTEGER),
                Fixtures.column("data_type", Kind.TEXT),
                Fixtures.column("character_maximum_length", Kind.INTEGER),
                Fixtures.column("numeric_precision", Kind.INTEGER),
                Fixtures.column("numeric_scale", Kind.INTEGER),
                Fixtures.column("is_nullable", Kind.TEXT),
                Fixtures.column("column_default", Kind.TEXT)),
            "public",
            "cities",
            "id",
            1,
            "bigint",
            null,
            null,
            null,
            "NO",
            null,
            "public",
            "cities",
            "area",
            2,
            "numeric",
            null,
            12,
            3,
            "YES",
            null));
    return Fixtures.connect(server);
  }

  private static List<String> column(ResultSet rows, String label) throws SQLException {
    List<String> values = new ArrayList<>();
    while (rows.next()) {
      values.add(rows.getString(label));
    }
    return values;
  }

  @Test
  void tablesByPatternAndKind() throws SQLException {
    try (Connection connection = connect()) {
      DatabaseMetaData meta = connection.getMetaData();
      assertThat(column(meta.getTables(null, null, "%", new String[] {"TABLE"}), "TABLE_NAME"))
          .containsExactly("cities", "city_names");
      assertThat(column(meta.getTables("main", "public", "city\\_%", null), "TABLE_NAME"))
          .containsExactly("city_names");
      assertThat(column(meta.getTables("other", null, "%", null), "TABLE_NAME")).isEmpty();
    }
  }

  @Test
  void columnsWithTheirTypes() throws SQLException {
    try (Connection connection = connect()) {
      ResultSet rows = connection.getMetaData().getColumns(null, "public", "cities", "%");
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt("DATA_TYPE")).isEqualTo(Types.BIGINT);
      assertThat(rows.getString("IS_NULLABLE")).isEqualTo("NO");
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt("COLUMN_SIZE")).isEqualTo(12);
      assertThat(rows.getInt("DECIMAL_DIGITS")).isEqualTo(3);
      assertThat(rows.getInt("ORDINAL_POSITION")).isEqualTo(2);
    }
  }

  @Test
  void patternsAreThoseOfLike() {
    assertThat(Catalog.matches("a%z", "abcz")).isTrue();
    assertThat(Catalog.matches("a_c", "abc")).isTrue();
    assertThat(Catalog.matches("a_c", "ac")).isFalse();
    assertThat(Catalog.matches("a\\_c", "abc")).isFalse();
    assertThat(Catalog.matches("%%", "")).isTrue();
    assertThat(Catalog.matches(null, "x")).isTrue();
    assertThat(Catalog.matches("a", "ab")).isFalse();
  }

  @Test
  void whatItIs() throws SQLException {
    try (Connection connection = connect()) {
      DatabaseMetaData meta = connection.getMetaData();
      assertThat(meta.getDatabaseProductName()).isEqualTo("Meridian");
      assertThat(meta.getDatabaseMajorVersion()).isZero();
      assertThat(meta.getDatabaseMinorVersion()).isEqualTo(1);
      assertThat(meta.supportsTransactionIsolationLevel(Connection.TRANSACTION_SERIALIZABLE))
          .isTrue();
      assertThat(meta.supportsSavepoints()).isFalse();
      assertThat(column(meta.getTypeInfo(), "TYPE_NAME")).contains("bigint", "uuid");
      assertThat(meta.getImportedKeys(null, null, "cities").next()).isFalse();
    }
  }
}
