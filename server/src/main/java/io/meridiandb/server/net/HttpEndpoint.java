package io.meridiandb.server.net;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** {@code GET /health} and {@code GET /metrics} for people and their tools; loopback only. */
public final class HttpEndpoint {
  private static final int BACKLOG = 16;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int SERVICE_UNAVAILABLE = 503;

  private final HttpServer server;
  private final ExecutorService thread;

  private HttpEndpoint(HttpServer server, ExecutorService thread) {
    this.server = server;
    this.thread = thread;
  }

  /**
   * Opens the port.
   *
   * @throws io.meridiandb.wire.MeridianException if the address is not loopback, or the port is in
   *     use
   */
  public static HttpEndpoint start(Endpoint endpoint, HealthSource health, MetricsSource metrics) {
    HttpServer server;
    try {
      server = HttpServer.create(endpoint.loopback(), BACKLOG);
    } catch (IOException e) {
      throw NetServer.cannotListen(endpoint, e);
    }
    ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("http").factory());
    server.setExecutor(thread);
    server.createContext("/", exchange -> answer(exchange, health, metrics));
    server.start();
    return new HttpEndpoint(server, thread);
  }

  private static void answer(HttpExchange exchange, HealthSource health, MetricsSource metrics)
      throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("GET")) {
        send(exchange, METHOD_NOT_ALLOWED, "text/plain", "only GET is answered\n");
        return;
      }
      switch (exchange.getRequestURI().getPath()) {
        case "/health" -> {
          HealthSource.Health now = health.health();
          int status = now.state() == HealthSource.State.READY ? OK : SERVICE_UNAVAILABLE;
          send(exchange, status, "application/json", now.json() + "\n");
        }
        case "/metrics" -> send(exchange, OK, "text/plain; version=0.0.4", metrics.metrics());
        default -> send(exchange, NOT_FOUND, "text/plain", "there are /health and /metrics\n");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  /** The port that is open, also when the system chose it. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** Closes the port at once. */
  public void stop() {
    server.stop(0);
    thread.shutdownNow();
  }
}
