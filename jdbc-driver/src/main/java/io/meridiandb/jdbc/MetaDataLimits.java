package io.meridiandb.jdbc;

import io.meridiandb.wire.WireLimits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;

/** Names and limits, in JDBC's questions; 0 stands for no limit of its own. */
abstract class MetaDataLimits extends MetaDataFeatures {
  @Override
  public String getDatabaseProductName() {
    return "Meridian";
  }

  @Override
  public String getDriverName() {
    return "Meridian JDBC driver";
  }

  @Override
  public String getDriverVersion() {
    return MeridianDriver.MAJOR + "." + MeridianDriver.MINOR;
  }

  @Override
  public int getDriverMajorVersion() {
    return MeridianDriver.MAJOR;
  }

  @Override
  public int getDriverMinorVersion() {
    return MeridianDriver.MINOR;
  }

  @Override
  public String getIdentifierQuoteString() {
    return "\"";
  }

  @Override
  public String getSQLKeywords() {
    return "INTERLEAVE,PARENT,PLACEMENT";
  }

  @Override
  public String getNumericFunctions() {
    return "ABS,CEILING,FLOOR,MOD,POWER,ROUND,SIGN,SQRT";
  }

  @Override
  public String getStringFunctions() {
    return "CONCAT,LOWER,LTRIM,REPLACE,RTRIM,SUBSTRING,UPPER";
  }

  @Override
  public String getSystemFunctions() {
    return "COALESCE";
  }

  @Override
  public String getTimeDateFunctions() {
    return "CURRENT_DATE,CURRENT_TIMESTAMP,EXTRACT,NOW";
  }

  @Override
  public String getSearchStringEscape() {
    return "\\";
  }

  @Override
  public String getExtraNameCharacters() {
    return "$";
  }

  @Override
  public String getSchemaTerm() {
    return "schema";
  }

  @Override
  public String getProcedureTerm() {
    return "procedure";
  }

  @Override
  public String getCatalogTerm() {
    return "database";
  }

  @Override
  public String getCatalogSeparator() {
    return ".";
  }

  @Override
  public int getMaxBinaryLiteralLength() {
    return 0;
  }

  @Override
  public int getMaxCharLiteralLength() {
    return 0;
  }

  @Override
  public int getMaxColumnNameLength() {
    return 63;
  }

  @Override
  public int getMaxColumnsInGroupBy() {
    return 0;
  }

  @Override
  public int getMaxColumnsInIndex() {
    return 0;
  }

  @Override
  public int getMaxColumnsInOrderBy() {
    return 0;
  }

  @Override
  public int getMaxColumnsInSelect() {
    return 0;
  }

  @Override
  public int getMaxColumnsInTable() {
    return 1024;
  }

  @Override
  public int getMaxConnections() {
    return 0;
  }

  @Override
  public int getMaxCursorNameLength() {
    return 0;
  }

  @Override
  public int getMaxIndexLength() {
    return 8192;
  }

  @Override
  public int getMaxSchemaNameLength() {
    return 63;
  }

  @Override
  public int getMaxProcedureNameLength() {
    return 0;
  }

  @Override
  public int getMaxCatalogNameLength() {
    return 63;
  }

  @Override
  public int getMaxRowSize() {
    return 10 << 20;
  }

  @Override
  public int getMaxStatementLength() {
    return WireLimits.STATEMENT_BYTES_MAX;
  }

  @Override
  public int getMaxStatements() {
    return 0;
  }

  @Override
  public int getMaxTableNameLength() {
    return 63;
  }

  @Override
  public int getMaxTablesInSelect() {
    return 0;
  }

  @Override
  public int getMaxUserNameLength() {
    return 0;
  }

  @Override
  public int getDefaultTransactionIsolation() {
    return Connection.TRANSACTION_SERIALIZABLE;
  }

  @Override
  public int getResultSetHoldability() {
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public int getJDBCMajorVersion() {
    return 4;
  }

  @Override
  public int getJDBCMinorVersion() {
    return 3;
  }

  @Override
  public int getSQLStateType() {
    return sqlStateSQL;
  }

  @Override
  public RowIdLifetime getRowIdLifetime() {
    return RowIdLifetime.ROWID_UNSUPPORTED;
  }
}
