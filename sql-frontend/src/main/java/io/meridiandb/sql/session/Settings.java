package io.meridiandb.sql.session;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What SET changes and SHOW shows, for one session. */
final class Settings {
  /** How long a statement may take unless it is told otherwise. */
  static final Duration STATEMENT_TIMEOUT_DEFAULT = Duration.ofSeconds(120);

  /** Longest statement timeout; what SET calls 0, no timeout, is this. */
  static final Duration STATEMENT_TIMEOUT_MAX = Duration.ofHours(24);

  private final Map<String, String> defaults = new TreeMap<>();
  private final Map<String, String> values = new TreeMap<>();

  Settings(ServerInfo server) {
    defaults.put("application_name", "");
    defaults.put("client_encoding", "UTF8");
    defaults.put("datestyle", "ISO, MDY");
    defaults.put("default_transaction_isolation", "serializable");
    defaults.put("default_transaction_read_only", "off");
    defaults.put("extra_float_digits", "1");
    defaults.put("search_path", "public");
    defaults.put("server_encoding", "UTF8");
    defaults.put("server_version", server.version());
    defaults.put("standard_conforming_strings", "on");
    defaults.put("statement_timeout", String.valueOf(STATEMENT_TIMEOUT_DEFAULT.toMillis()));
    defaults.put("timezone", "UTC");
    defaults.put("transaction_isolation", "serializable");
    values.putAll(defaults);
  }

  /** All names and values, by name. */
  Map<String, String> all() {
    return values;
  }

  String show(String name) {
    return value(key(name), name);
  }

  private String value(String key, String name) {
    String value = values.get(key);
    if (value == null) {
      throw new MeridianException(
              ErrorCode.UNDEFINED_OBJECT, "unrecognized configuration parameter \"" + name + "\"")
          .withHint("SHOW ALL lists them.");
    }
    return value;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Sets a value; null is the default. */
  void set(String name, @Nullable String value) {
    String key = key(name);
    if (key.equals("all") && value == null) {
      values.putAll(defaults);
      return;
    }
    value(key, name);
    String next = value == null ? String.valueOf(defaults.get(key)) : value;
    check(key, next);
    values.put(key, next);
  }

  private void check(String key, String value) {
    switch (key) {
      case "statement_timeout" -> timeout(value);
      case "timezone" -> {
        String zone = value.toUpperCase(Locale.ROOT);
        if (!zone.equals("UTC") && !zone.equals("GMT") && !zone.equals("Z")) {
          throw new MeridianException(
                  ErrorCode.FEATURE_NOT_SUPPORTED,
                  "time zones other than UTC are not supported yet")
              .withHint("Convert in the application: TIMESTAMPTZ values are moments.");
        }
      }
      case "client_encoding" -> {
        String encoding = value.toUpperCase(Locale.ROOT).replace("-", "");
        if (!encoding.equals("UTF8")) {
          throw new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED, "the client encoding is always UTF8");
        }
      }
      case "transaction_isolation", "default_transaction_isolation" -> {
        // Every transaction is serializable, which satisfies every level that can be asked for.
      }
      case "server_version", "server_encoding", "standard_conforming_strings" -> {
        if (!value.equals(defaults.get(key))) {
          throw new MeridianException(
              ErrorCode.INVALID_PARAMETER_VALUE, "parameter \"" + key + "\" cannot be changed");
        }
      }
      default -> {}
    }
  }

  /** How long a statement may take. */
  Duration statementTimeout() {
    return timeout(value("statement_timeout", "statement_timeout"));
  }

  private static Duration timeout(String text) {
    String digits = text.strip().toLowerCase(Locale.ROOT);
    long factor = 1;
    if (digits.endsWith("ms")) {
      digits = digits.substring(0, digits.length() - 2).strip();
    } else if (digits.endsWith("min")) {
      digits = digits.substring(0, digits.length() - 3).strip();
      factor = 60_000;
    } else if (digits.endsWith("s")) {
      digits = digits.substring(0, digits.length() - 1).strip();
      factor = 1_000;
    }
    try {
      Duration timeout = Duration.ofMillis(Math.multiplyExact(Long.parseLong(digits), factor));
      if (timeout.isNegative()) {
        throw new NumberFormatException("negative");
      }
      return timeout.isZero() || timeout.compareTo(STATEMENT_TIMEOUT_MAX) > 0
          ? STATEMENT_TIMEOUT_MAX
          : timeout;
    } catch (NumberFormatException | ArithmeticException e) {
      throw new MeridianException(
          ErrorCode.INVALID_PARAMETER_VALUE,
          "invalid value for parameter \"statement_timeout\": \"" + text + "\"",
          "Milliseconds, or a number with ms, s or min; 0 is none.",
          0,
          e);
    }
  }
}
