package io.meridiandb.server.net;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.net.InetSocketAddress;

/**
 * Where a server listens or is reached.
 *
 * @param host a name or address
 * @param port 0 lets the system choose, where one listens
 */
public record Endpoint(String host, int port) {
  private static final int PORT_MAX = 65_535;

  /** Checks the port. */
  public Endpoint {
    if (port < 0 || port > PORT_MAX) {
      throw new MeridianException(
          ErrorCode.INVALID_PARAMETER_VALUE, port + " is no port; ports are 0 to " + PORT_MAX);
    }
  }

  /**
   * The address to listen on.
   *
   * @throws MeridianException if it is not loopback: Meridian has no login and no encryption yet,
   *     so it is not to be reached from elsewhere
   */
  InetSocketAddress loopback() {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new MeridianException(
          ErrorCode.INVALID_PARAMETER_VALUE, "the host name " + host + " is not known");
    }
    if (!address.getAddress().isLoopbackAddress()) {
      throw new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "cannot listen on " + this + ": it is not a loopback address")
          .withHint("Use 127.0.0.1 or localhost; there is no login and no encryption yet.");
    }
    return address;
  }

  /** As in a URL. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
