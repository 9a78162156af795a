package io.meridiandb.jdbc;

import io.meridiandb.jdbc.link.HostPort;
import io.meridiandb.wire.WireLimits;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JDBC URL: {@code jdbc:meridian://host[:port][,host[:port]…]/database[?name=value&…]} or {@code
 * jdbc:meridian:mem:NAME[?name=value&…]}.
 *
 * @param hosts servers in the order to try; empty for {@code mem:}
 * @param memory the name of a universe in this JVM; empty if there are hosts
 * @param database the database
 * @param parameters the rest, by name
 */
record ConnectionUrl(
    List<HostPort> hosts, String memory, String database, Map<String, String> parameters) {
  static final String PREFIX = "jdbc:meridian:";

  private static final String MEMORY = "mem:";
  private static final String DATABASE_DEFAULT = "main";
  private static final int PORT_MAX = 65_535;

  /** Whether this driver is meant at all. */
  static boolean isOurs(String url) {
    return url.startsWith(PREFIX);
  }

  static ConnectionUrl parse(String url) throws SQLException {
    if (!isOurs(url)) {
      throw malformed(url, "it does not begin with " + PREFIX);
    }
    int question = url.indexOf('?');
    String place = url.substring(PREFIX.length(), question < 0 ? url.length() : question);
    Map<String, String> parameters =
        question < 0 ? Map.of() : parameters(url, url.substring(question + 1));
    if (place.startsWith(MEMORY)) {
      String name = place.substring(MEMORY.length());
      if (name.isEmpty()) {
        throw malformed(url, "after mem: the universe's name is missing");
      }
      return new ConnectionUrl(List.of(), name, DATABASE_DEFAULT, parameters);
    }
    if (!place.startsWith("//")) {
      throw malformed(url, "after " + PREFIX + " comes //host:port/main or mem:NAME");
    }
    int slash = place.indexOf('/', 2);
    String hosts = place.substring(2, slash < 0 ? place.length() : slash);
    String database = slash < 0 ? "" : place.substring(slash + 1);
    return new ConnectionUrl(
        hosts(url, hosts), "", database.isEmpty() ? DATABASE_DEFAULT : database, parameters);
  }

  private static List<HostPort> hosts(String url, String text) throws SQLException {
    List<HostPort> hosts = new ArrayList<>();
    for (String host : text.split(",", -1)) {
      hosts.add(host(url, host.strip()));
    }
    return hosts;
  }

  private static HostPort host(String url, String text) throws SQLException {
    String host = text;
    String port = "";
    int bracket = text.lastIndexOf(']');
    int colon = text.indexOf(':', Math.max(bracket, 0));
    if (text.startsWith("[") != bracket > 0) {
      throw malformed(url, "an IPv6 address stands in brackets: [::1]:7411");
    }
    if (colon >= 0) {
      host = text.substring(0, colon);
      port = text.substring(colon + 1);
    }
    if (bracket > 0) {
      host = host.substring(1, host.length() - 1);
    }
    return new HostPort(host.isEmpty() ? "localhost" : host, port(url, colon >= 0, port));
  }

  private static int port(String url, boolean given, String text) throws SQLException {
    if (!given) {
      return WireLimits.SQL_PORT_DEFAULT;
    }
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= PORT_MAX) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw malformed(url, "\"" + text + "\" is no port");
    }
    throw malformed(url, text + " is no port");
  }

  private static Map<String, String> parameters(String url, String text) throws SQLException {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      try {
        parameters.put(name, URLDecoder.decode(value, StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        throw malformed(url, "the value of " + name + " is not encoded as in a URL");
      }
    }
    return parameters;
  }

  private static SQLException malformed(String url, String why) {
    return SqlErrors.invalidArgument("malformed URL \"" + url + "\": " + why);
  }
}
