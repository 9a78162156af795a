package io.meridiandb.server.config;

import io.meridiandb.kernel.id.ServerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a universe file.
 *
 * <pre>
 * format: 1
 * clock: shared-host        # or static:5ms, adjtimex, clockbound, masters:1,2,3@adjtimex
 * lease: 3s
 * replace-after: 5m         # a server that is silent for so long is replaced in its groups
 * servers:
 *   - name: eu-1
 *     id: 1
 *     region: eu-west
 *     zone: eu-west-a
 *     listen: 127.0.0.1:7411
 *     http: 7511            # /health and /metrics; left out: none
 *     data: data/eu-1       # relative to this file
 * </pre>
 */
public final class UniverseConfigReader {
  private static final long FORMAT = 1;
  private static final int SERVERS_MAX = 100;
  private static final String LEASE = "lease";
  private static final String REPLACE_AFTER = "replace-after";

  private final Path file;

  private UniverseConfigReader(Path file) {
    this.file = file;
  }

  /**
   * Reads {@code file}.
   *
   * @throws ConfigException if it cannot be read or a value is missing, unknown or out of range;
   *     the message names the file, the key and the value
   */
  public static UniverseConfig read(Path file) {
    return new UniverseConfigReader(file).read();
  }

  private UniverseConfig read() {
    Map<?, ?> root = map(load(), "the file");
    allow(root, "the file", "format", "clock", LEASE, REPLACE_AFTER, "servers");
    if (integer(root, "format", "the file") != FORMAT) {
      throw bad("format is %s, this version reads format %d", root.get("format"), FORMAT);
    }
    String clock = root.containsKey("clock") ? text(root, "clock", "the file") : "shared-host";
    Duration lease = duration(root, LEASE, "3s");
    if (lease.toMillis() < 100 || lease.toSeconds() > 60) {
      throw bad("lease is %s, it must be from 100ms to 60s", root.get(LEASE));
    }
    Duration replaceAfter = duration(root, REPLACE_AFTER, "5m");
    if (replaceAfter.toSeconds() < 10 || replaceAfter.toHours() > 24) {
      throw bad("replace-after is %s, it must be from 10s to 24h", root.get(REPLACE_AFTER));
    }
    if (!(root.get("servers") instanceof List<?> list) || list.isEmpty()) {
      throw bad("'servers' must be a list with at least one server");
    }
    if (list.size() > SERVERS_MAX) {
      throw bad("%d servers, the most are %d", list.size(), SERVERS_MAX);
    }
    List<ServerConfig> servers = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      servers.add(server(list.get(i), "server " + (i + 1)));
    }
    checkUnique(servers);
    return new UniverseConfig(clock, lease, replaceAfter, servers);
  }

  private Object load() {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("there is no universe file " + file);
    } catch (IOException e) {
      throw new ConfigException("the universe file %s cannot be read: %s".formatted(file, e));
    }
    try {
      Object root = new Load(LoadSettings.builder().build()).loadFromString(text);
      if (root == null) {
        throw bad("it is empty");
      }
      return root;
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      String where =
          mark.map(m -> "line %d, column %d: ".formatted(m.getLine() + 1, m.getColumn() + 1))
              .orElse("");
      throw bad("%s%s", where, e.getProblem());
    } catch (YamlEngineException e) {
      throw bad("it is not YAML: %s", e.getMessage());
    }
  }

  private ServerConfig server(@Nullable Object value, String where) {
    Map<?, ?> map = map(value, where);
    allow(map, where, "name", "id", "region", "zone", "listen", "http", "data");
    String name = text(map, "name", where);
    long id = integer(map, "id", where);
    if (id < 1) {
      throw bad("%s: id is %d, it must be at least 1", where, id);
    }
    String listen = text(map, "listen", where);
    int colon = listen.lastIndexOf(':');
    if (colon <= 0) {
      throw bad("%s: listen is '%s', it must be HOST:PORT", where, listen);
    }
    int port = port(listen.substring(colon + 1), where, "listen");
    int http = map.containsKey("http") ? port(String.valueOf(map.get("http")), where, "http") : 0;
    Path data = Path.of(text(map, "data", where));
    Path folder = file.toAbsolutePath().getParent();
    return new ServerConfig(
        name,
        new ServerId(id),
        text(map, "region", where),
        text(map, "zone", where),
        listen.substring(0, colon),
        port,
        http,
        folder == null ? data : folder.resolve(data).normalize());
  }

  private void checkUnique(List<ServerConfig> servers) {
    TreeSet<String> seen = new TreeSet<>();
    for (ServerConfig s : servers) {
      for (String what :
          List.of(
              "name " + s.name(),
              "id " + s.id().value(),
              "address " + s.host() + ":" + s.port(),
              "data folder " + s.data())) {
        if (!seen.add(what)) {
          throw bad("two servers have the %s", what);
        }
      }
    }
  }

  private int port(String text, String where, String key) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw bad("%s: the port of %s is '%s', it must be a number", where, key, text);
    }
    throw bad("%s: the port of %s is %s, it must be from 1 to 65535", where, key, text);
  }

  private Duration duration(Map<?, ?> root, String key, String otherwise) {
    String text = root.containsKey(key) ? text(root, key, "the file") : otherwise;
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw bad("%s is '%s': %s", key, text, e.getMessage());
    }
  }

  private Map<?, ?> map(@Nullable Object value, String where) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw bad("%s must be a list of 'key: value' lines", where);
  }

  private void allow(Map<?, ?> map, String where, String... keys) {
    List<String> known = List.of(keys);
    for (Object key : map.keySet()) {
      if (!known.contains(String.valueOf(key))) {
        throw bad("%s: unknown key '%s'; known are %s", where, key, String.join(", ", known));
      }
    }
  }

  private String text(Map<?, ?> map, String key, String where) {
    Object value = map.get(key);
    if (value == null || String.valueOf(value).isBlank()) {
      throw bad("%s: '%s' is missing", where, key);
    }
    return String.valueOf(value);
  }

  private long integer(Map<?, ?> map, String key, String where) {
    Object value = map.get(key);
    if (value instanceof Number number) {
      return number.longValue();
    }
    throw value == null
        ? bad("%s: '%s' is missing", where, key)
        : bad("%s: %s is '%s', it must be a number", where, key, value);
  }

  private ConfigException bad(String format, @Nullable Object... args) {
    return new ConfigException("universe file %s: %s".formatted(file, format.formatted(args)));
  }
}
