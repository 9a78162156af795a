package io.meridiandb.jdbc;

import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.EmbeddedConnector;
import io.meridiandb.jdbc.link.GrpcConnector;
import io.meridiandb.jdbc.protocol.ClientSession;
import io.meridiandb.jdbc.protocol.RequestFailedException;
import io.meridiandb.jdbc.protocol.SessionConfig;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC driver of Meridian; {@code DriverManager} finds it by itself.
 *
 * <p>URLs:
 *
 * <ul>
 *   <li>{@code jdbc:meridian://host[:port][,host[:port]…]/main[?name=value&…]} connects to the
 *       first of the servers that answers (any server of a universe will do; port 7411 unless
 *       given);
 *   <li>{@code jdbc:meridian:mem:NAME} runs a whole universe inside this JVM (Java 25, with the
 *       engine on the class path).
 * </ul>
 */
public final class MeridianDriver implements Driver {
  static final int MAJOR = 0;
  static final int MINOR = 1;

  static {
    try {
      DriverManager.registerDriver(new MeridianDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Used by {@code ServiceLoader}. */
  public MeridianDriver() {}

  @Override
  public @Nullable Connection connect(String url, @Nullable Properties properties)
      throws SQLException {
    if (!ConnectionUrl.isOurs(url)) {
      return null; // another driver's
    }
    Map<String, String> values = new LinkedHashMap<>();
    if (properties != null) {
      for (String name : properties.stringPropertyNames()) {
        values.put(name, properties.getProperty(name));
      }
    }
    return open(url, values, (int) TimeUnit.SECONDS.toMillis(DriverManager.getLoginTimeout()));
  }

  /**
   * Opens a connection.
   *
   * @param properties settings; the URL's prevail
   * @param loginMillis limit for connecting if neither says one; 0 = the default
   */
  static MeridianConnection open(String url, Map<String, String> properties, int loginMillis)
      throws SQLException {
    return open(url, List.of(), properties, loginMillis);
  }

  /**
   * Opens a connection by ways of the caller's own.
   *
   * @param ways tried in this order; if there are none, the URL's
   */
  static MeridianConnection open(
      String url, List<Connector> ways, Map<String, String> properties, int loginMillis)
      throws SQLException {
    ConnectionUrl target = ConnectionUrl.parse(url);
    DriverSettings.of(target.parameters(), true);
    Map<String, String> values = new LinkedHashMap<>();
    if (loginMillis > 0) {
      values.put("connectTimeoutMillis", Integer.toString(loginMillis));
    }
    values.putAll(properties);
    values.putAll(target.parameters());
    DriverSettings settings = DriverSettings.of(values, false);
    try {
      return new ConnectionImpl(
          ClientSession.connect(
              new SessionConfig(
                  ways.isEmpty() ? connectors(target, settings.shuffleHosts()) : ways,
                  target.database(),
                  settings.application(),
                  settings.session(),
                  settings.connectTimeoutMillis(),
                  settings.recoveryTimeoutMillis())),
          url,
          target.database(),
          settings);
    } catch (RequestFailedException e) {
      throw SqlErrors.of(e);
    }
  }

  private static List<Connector> connectors(ConnectionUrl target, boolean shuffle) {
    if (!target.memory().isEmpty()) {
      return List.of(new EmbeddedConnector(target.memory()));
    }
    List<Connector> connectors = new ArrayList<>();
    target.hosts().forEach(host -> connectors.add(new GrpcConnector(host)));
    if (shuffle) {
      Collections.shuffle(connectors);
    }
    return connectors;
  }

  @Override
  public boolean acceptsURL(String url) {
    return ConnectionUrl.isOurs(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties properties) {
    return DriverSettings.NAMES.entrySet().stream()
        .map(entry -> {
          String value = properties == null ? null : properties.getProperty(entry.getKey());
          DriverPropertyInfo info = new DriverPropertyInfo(entry.getKey(), value);
          info.description = entry.getValue();
          return info;
        })
        .toArray(DriverPropertyInfo[]::new);
  }

  @Override
  public int getMajorVersion() {
    return MAJOR;
  }

  @Override
  public int getMinorVersion() {
    return MINOR;
  }

  /** False: some optional parts, such as savepoints, are refused. */
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("io.meridiandb.jdbc");
  }
}
