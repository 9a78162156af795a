package io.meridiandb.server.net;

/** Who knows a server's figures. */
@FunctionalInterface
public interface MetricsSource {
  /** All figures in Prometheus' text format; called on the HTTP thread, must not block. */
  String metrics();
}
