package io.meridiandb.jdbc;

import io.meridiandb.jdbc.link.Connector;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source for pools and containers: a JavaBean with a URL and settings. Each {@link
 * #getConnection()} is a new connection; connections to one host share one TCP connection.
 */
public class MeridianDataSource implements DataSource {
  private String url = ConnectionUrl.PREFIX + "//localhost/main";
  private List<Connector> ways = List.of();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private @Nullable PrintWriter logWriter;
  private int loginTimeoutSeconds;

  /** Connects to {@code localhost} unless told otherwise. */
  public MeridianDataSource() {}

  /** Connects to {@code url}. */
  public MeridianDataSource(String url) {
    this.url = url;
  }

  /**
   * Connects by ways of the caller's own, such as those into a simulated universe.
   *
   * @param name stands for the URL in messages and metadata, for example {@code mem:test}
   * @param ways tried in this order, at least one
   */
  public MeridianDataSource(String name, List<Connector> ways) {
    this.url = ConnectionUrl.PREFIX + name;
    this.ways = List.copyOf(ways);
  }

  /** The JDBC URL. */
  public String getUrl() {
    return url;
  }

  /** The JDBC URL; see {@link MeridianDriver}. */
  public void setUrl(String url) {
    this.url = url;
  }

  /** What the application calls itself. */
  public void setApplicationName(String name) {
    settings.put("applicationName", name);
  }

  /** Limit for mending a broken connection and for finding out how a commit in doubt ended. */
  public void setRecoveryTimeoutMillis(int millis) {
    settings.put("recoveryTimeoutMillis", Integer.toString(millis));
  }

  /** Any setting by its name in the URL. */
  public void setSetting(String name, String value) {
    settings.put(name, value);
  }

  @Override
  public Connection getConnection() throws SQLException {
    return connect(Map.of());
  }

  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password)
      throws SQLException {
    return connect(password == null ? Map.of() : Map.of("password", password));
  }

  private Connection connect(Map<String, String> more) throws SQLException {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.putAll(more);
    return MeridianDriver.open(
        url, ways, all, (int) TimeUnit.SECONDS.toMillis(loginTimeoutSeconds));
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return logWriter;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {
    logWriter = out;
  }

  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeoutSeconds = seconds;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeoutSeconds;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("io.meridiandb.jdbc");
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
