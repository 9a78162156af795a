package io.meridiandb.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a connection tells about its database. */
final class MetaData extends MetaDataLimits {
  /** The one schema that tables lie in. */
  static final String SCHEMA = "public";

  private static final String[] CROSS_REFERENCE = {
    "PKTABLE_CAT",
    "PKTABLE_SCHEM",
    "PKTABLE_NAME",
    "PKCOLUMN_NAME",
    "FKTABLE_CAT",
    "FKTABLE_SCHEM",
    "FKTABLE_NAME",
    "FKCOLUMN_NAME",
    "KEY_SEQ",
    "UPDATE_RULE",
    "DELETE_RULE",
    "FK_NAME",
    "PK_NAME",
    "DEFERRABILITY"
  };

  private final ConnectionImpl connection;

  MetaData(ConnectionImpl connection) {
    this.connection = connection;
  }

  private Catalog catalog() {
    return new Catalog(connection);
  }

  private boolean isOther(@Nullable String database) {
    return database != null && !database.isEmpty() && !database.equals(connection.getCatalog());
  }

  // Who it is.

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public String getURL() {
    return connection.url();
  }

  @Override
  public String getUserName() {
    return ""; // there is no login yet
  }

  @Override
  public boolean isReadOnly() throws SQLException {
    return connection.isReadOnly();
  }

  @Override
  public String getDatabaseProductVersion() {
    return connection.welcome().getServerVersion();
  }

  @Override
  public int getDatabaseMajorVersion() {
    return versionPart(0);
  }

  @Override
  public int getDatabaseMinorVersion() {
    return versionPart(1);
  }

  private int versionPart(int index) {
    String[] parts = getDatabaseProductVersion().split("[^0-9]+", -1);
    return index < parts.length && !parts[index].isEmpty() ? Integer.parseInt(parts[index]) : 0;
  }

  // What there is.

  @Override
  public ResultSet getTables(
      @Nullable String database,
      @Nullable String schemaPattern,
      @Nullable String namePattern,
      String @Nullable [] types)
      throws SQLException {
    List<Catalog.Table> tables =
        isOther(database) ? List.of() : catalog().tables(schemaPattern, namePattern);
    return MetaDataRows.tables(connection.getCatalog(), tables, types);
  }

  @Override
  public ResultSet getColumns(
      @Nullable String database,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String namePattern)
      throws SQLException {
    List<Catalog.ColumnRow> columns =
        isOther(database) ? List.of() : catalog().columns(schemaPattern, tablePattern, namePattern);
    return MetaDataRows.columns(connection.getCatalog(), columns);
  }

  @Override
  public ResultSet getPrimaryKeys(@Nullable String database, @Nullable String schema, String table)
      throws SQLException {
    return MetaDataRows.primaryKeys(
        connection.getCatalog(),
        isOther(database) ? List.of() : catalog().primaryKey(schema, table));
  }

  @Override
  public ResultSet getIndexInfo(
      @Nullable String database,
      @Nullable String schema,
      String table,
      boolean unique,
      boolean approximate)
      throws SQLException {
    return MetaDataRows.indexes(
        connection.getCatalog(),
        isOther(database) ? List.of() : catalog().primaryKey(schema, table));
  }

  @Override
  public ResultSet getSchemas() throws SQLException {
    return getSchemas(null, null);
  }

  @Override
  public ResultSet getSchemas(@Nullable String database, @Nullable String schemaPattern)
      throws SQLException {
    RowSource.Table rows = RowSource.table().texts("TABLE_SCHEM", "TABLE_CATALOG");
    for (String schema : List.of("information_schema", SCHEMA)) {
      if (!isOther(database) && Catalog.matches(schemaPattern, schema)) {
        rows.row(schema, connection.getCatalog());
      }
    }
    return RowsResultSet.of(rows);
  }

  @Override
  public ResultSet getCatalogs() throws SQLException {
    return MetaDataRows.list("TABLE_CAT", connection.getCatalog());
  }

  @Override
  public ResultSet getTableTypes() throws SQLException {
    return MetaDataRows.list("TABLE_TYPE", "SYSTEM TABLE", "TABLE", "VIEW");
  }

  @Override
  public ResultSet getTypeInfo() {
    return MetaDataRows.typeInfo();
  }

  @Override
  public ResultSet getClientInfoProperties() throws SQLException {
    return RowsResultSet.of(
        RowSource.table()
            .texts("NAME", "MAX_LEN", "DEFAULT_VALUE", "DESCRIPTION")
            .row("ApplicationName", "0", "meridian-jdbc", "what the application calls itself"));
  }

  // What there is none of.

  @Override
  public ResultSet getProcedures(
      @Nullable String database, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetaDataRows.none(
        "PROCEDURE_CAT",
        "PROCEDURE_SCHEM",
        "PROCEDURE_NAME",
        "RESERVED1",
        "RESERVED2",
        "RESERVED3",
        "REMARKS",
        "PROCEDURE_TYPE",
        "SPECIFIC_NAME");
  }

  @Override
  public ResultSet getProcedureColumns(
      @Nullable String database,
      @Nullable String schemaPattern,
      @Nullable String procedurePattern,
      @Nullable String namePattern) {
    return MetaDataRows.none(
        "PROCEDURE_CAT",
        "PROCEDURE_SCHEM",
        "PROCEDURE_NAME",
        "COLUMN_NAME",
        "COLUMN_TYPE",
        "DATA_TYPE",
        "TYPE_NAME",
        "SPECIFIC_NAME");
  }

  @Override
  public ResultSet getFunctions(
      @Nullable String database, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetaDataRows.none(
        "FUNCTION_CAT",
        "FUNCTION_SCHEM",
        "FUNCTION_NAME",
        "REMARKS",
        "FUNCTION_TYPE",
        "SPECIFIC_NAME");
  }

  @Override
  public ResultSet getFunctionColumns(
      @Nullable String database,
      @Nullable String schemaPattern,
      @Nullable String functionPattern,
      @Nullable String namePattern) {
    return MetaDataRows.none(
        "FUNCTION_CAT",
        "FUNCTION_SCHEM",
        "FUNCTION_NAME",
        "COLUMN_NAME",
        "COLUMN_TYPE",
        "DATA_TYPE",
        "TYPE_NAME",
        "SPECIFIC_NAME");
  }

  @Override
  public ResultSet getColumnPrivileges(
      @Nullable String database, @Nullable String schema, String table, @Nullable String pattern) {
    return MetaDataRows.none(
        "TABLE_CAT",
        "TABLE_SCHEM",
        "TABLE_NAME",
        "COLUMN_NAME",
        "GRANTOR",
        "GRANTEE",
        "PRIVILEGE",
        "IS_GRANTABLE");
  }

  @Override
  public ResultSet getTablePrivileges(
      @Nullable String database, @Nullable String schemaPattern, @Nullable String pattern) {
    return MetaDataRows.none(
        "TABLE_CAT",
        "TABLE_SCHEM",
        "TABLE_NAME",
        "GRANTOR",
        "GRANTEE",
        "PRIVILEGE",
        "IS_GRANTABLE");
  }

  @Override
  public ResultSet getBestRowIdentifier(
      @Nullable String database, @Nullable String schema, String table, int scope, boolean nulls) {
    return MetaDataRows.none(
        "SCOPE",
        "COLUMN_NAME",
        "DATA_TYPE",
        "TYPE_NAME",
        "COLUMN_SIZE",
        "BUFFER_LENGTH",
        "DECIMAL_DIGITS",
        "PSEUDO_COLUMN");
  }

  @Override
  public ResultSet getVersionColumns(
      @Nullable String database, @Nullable String schema, String table) {
    return MetaDataRows.none(
        "SCOPE",
        "COLUMN_NAME",
        "DATA_TYPE",
        "TYPE_NAME",
        "COLUMN_SIZE",
        "BUFFER_LENGTH",
        "DECIMAL_DIGITS",
        "PSEUDO_COLUMN");
  }

  @Override
  public ResultSet getImportedKeys(
      @Nullable String database, @Nullable String schema, String table) {
    return MetaDataRows.none(CROSS_REFERENCE);
  }

  @Override
  public ResultSet getExportedKeys(
      @Nullable String database, @Nullable String schema, String table) {
    return MetaDataRows.none(CROSS_REFERENCE);
  }

  @Override
  public ResultSet getCrossReference(
      @Nullable String parentDatabase,
      @Nullable String parentSchema,
      String parentTable,
      @Nullable String foreignDatabase,
      @Nullable String foreignSchema,
      String foreignTable) {
    return MetaDataRows.none(CROSS_REFERENCE);
  }

  @Override
  public ResultSet getUDTs(
      @Nullable String database,
      @Nullable String schemaPattern,
      @Nullable String namePattern,
      int @Nullable [] types) {
    return MetaDataRows.none(
        "TYPE_CAT", "TYPE_SCHEM", "TYPE_NAME", "CLASS_NAME", "DATA_TYPE", "REMARKS", "BASE_TYPE");
  }

  @Override
  public ResultSet getSuperTypes(
      @Nullable String database, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetaDataRows.none(
        "TYPE_CAT",
        "TYPE_SCHEM",
        "TYPE_NAME",
        "SUPERTYPE_CAT",
        "SUPERTYPE_SCHEM",
        "SUPERTYPE_NAME");
  }

  @Override
  public ResultSet getSuperTables(
      @Nullable String database, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetaDataRows.none("TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "SUPERTABLE_NAME");
  }

  @Override
  public ResultSet getAttributes(
      @Nullable String database,
      @Nullable String schemaPattern,
      @Nullable String typePattern,
      @Nullable String namePattern) {
    return MetaDataRows.none(
        "TYPE_CAT", "TYPE_SCHEM", "TYPE_NAME", "ATTR_NAME", "DATA_TYPE", "ATTR_TYPE_NAME");
  }

  @Override
  public ResultSet getPseudoColumns(
      @Nullable String database,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String namePattern) {
    return MetaDataRows.none(
        "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "COLUMN_NAME", "DATA_TYPE", "COLUMN_SIZE");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return Wrappers.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
