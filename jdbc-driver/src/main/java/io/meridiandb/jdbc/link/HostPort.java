package io.meridiandb.jdbc.link;

/** Where a server takes clients. */
public record HostPort(String host, int port) {
  /** As in a URL; an IPv6 address stands in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
