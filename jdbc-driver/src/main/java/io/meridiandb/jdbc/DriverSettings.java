package io.meridiandb.jdbc;

import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What can be set in a URL's parameters, in connection properties or on the data source.
 *
 * @param application what the application calls itself; servers show it
 * @param connectTimeoutMillis how long connecting may last over all hosts together
 * @param recoveryTimeoutMillis how long to look for a server, and for the outcome of a commit in
 *     doubt, after the connection broke
 * @param networkTimeoutMillis how long an answer may be silent; 0 = for ever, as a dead link shows
 *     by itself within 15 s
 * @param fetchSize rows that may be under way at once, roughly; 0 = the driver's choice
 * @param readOnly whether transactions are read-only to begin with
 * @param timestampBound how fresh the reads of read-only transactions are
 * @param shuffleHosts whether to try the hosts in random order
 * @param session settings of the server's session, by name
 */
record DriverSettings(
    String application,
    int connectTimeoutMillis,
    int recoveryTimeoutMillis,
    int networkTimeoutMillis,
    int fetchSize,
    boolean readOnly,
    TimestampBound timestampBound,
    boolean shuffleHosts,
    Map<String, String> session) {

  /** The names of the settings with what each means, for people and {@code getPropertyInfo}. */
  static final Map<String, String> NAMES = names();

  /** Prefix of settings that go to the server's session as they are. */
  private static final String SESSION_PREFIX = "set.";

  private static Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("applicationName", "what the application calls itself (meridian-jdbc)");
    names.put("connectTimeoutMillis", "limit for connecting, over all hosts (10000)");
    names.put("recoveryTimeoutMillis", "limit for mending a broken connection (30000)");
    names.put("networkTimeoutMillis", "limit for waiting for an answer; 0 = none (0)");
    names.put("fetchSize", "rows under way at once, roughly; 0 = the driver's choice (0)");
    names.put("readOnly", "whether transactions are read-only (false)");
    names.put("timestampBound", "freshness of read-only transactions, such as max:10s (strong)");
    names.put("shuffleHosts", "whether to try the hosts in random order (false)");
    names.put("user", "accepted and not checked: servers listen on loopback only");
    return names;
  }

  /**
   * Reads settings.
   *
   * @param values by name
   * @param strict whether an unknown name is an error; pools pass properties of their own
   */
  static DriverSettings of(Map<String, String> values, boolean strict) throws SQLException {
    Map<String, String> session = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : values.entrySet()) {
      String name = entry.getKey();
      if (name.startsWith(SESSION_PREFIX)) {
        session.put(name.substring(SESSION_PREFIX.length()), entry.getValue());
      } else if (isSecurity(name, entry.getValue())) {
        throw SqlErrors.notSupported(
            name
                + " is not supported yet: servers take connections on loopback only, without login");
      } else if (strict && !NAMES.containsKey(name) && !isHarmless(name)) {
        throw SqlErrors.invalidArgument(
            "unknown parameter \"" + name + "\" in the URL; known are " + NAMES.keySet());
      }
    }
    try {
      return new DriverSettings(
          values.getOrDefault("applicationName", "meridian-jdbc"),
          number(values, "connectTimeoutMillis", 10_000),
          number(values, "recoveryTimeoutMillis", 30_000),
          number(values, "networkTimeoutMillis", 0),
          number(values, "fetchSize", 0),
          flag(values, "readOnly"),
          TimestampBound.parse(values.getOrDefault("timestampBound", "strong")),
          flag(values, "shuffleHosts"),
          session);
    } catch (MeridianException e) {
      throw SqlErrors.of(e);
    }
  }

  private static boolean isHarmless(String name) {
    return name.equals("password") || name.equals("ssl");
  }

  private static boolean isSecurity(String name, String value) {
    return switch (name) {
      case "password" -> !value.isEmpty();
      case "ssl" -> !value.equalsIgnoreCase("false");
      default -> false;
    };
  }

  private static int number(Map<String, String> values, String name, int otherwise)
      throws SQLException {
    String text = values.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(text.strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw SqlErrors.invalidArgument(name + " is no number: " + text);
    }
    throw SqlErrors.invalidArgument(name + " is not negative: " + text);
  }

  private static boolean flag(Map<String, String> values, String name) throws SQLException {
    return switch (values.getOrDefault(name, "false").strip().toLowerCase(Locale.ROOT)) {
      case "true", "" -> true;
      case "false" -> false;
      default -> throw SqlErrors.invalidArgument(name + " is true or false: " + values.get(name));
    };
  }
}
