package io.meridiandb.server.config;

/**
 * A universe file, a data folder or an option that cannot be used as it is; the message says why.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConfigException(String message) {
    super(message);
  }
}
