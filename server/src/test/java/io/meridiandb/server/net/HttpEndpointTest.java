package io.meridiandb.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guards what people's tools read: status 200 only from a server that is ready. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HttpEndpointTest {
  private static HttpResponse<String> get(HttpEndpoint endpoint, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoint.port() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void healthAndMetricsAreAnswered() throws Exception {
    AtomicReference<HealthSource.State> state = new AtomicReference<>(HealthSource.State.STARTING);
    HttpEndpoint endpoint =
        HttpEndpoint.start(
            new Endpoint("127.0.0.1", 0),
            () -> new HealthSource.Health(state.get(), "{\"state\":\"x\"}"),
            () -> "meridian_log_forces_total 3\n");
    try {
      assertThat(get(endpoint, "/health").statusCode()).isEqualTo(503);
      state.set(HealthSource.State.READY);
      assertThat(get(endpoint, "/health").statusCode()).isEqualTo(200);
      assertThat(get(endpoint, "/health").body()).isEqualTo("{\"state\":\"x\"}\n");
      assertThat(get(endpoint, "/metrics").body()).isEqualTo("meridian_log_forces_total 3\n");
      assertThat(get(endpoint, "/").statusCode()).isEqualTo(404);
      assertThatThrownBy(() ->
              HttpEndpoint.start(
                  new Endpoint("127.0.0.1", endpoint.port()),
                  () -> new HealthSource.Health(HealthSource.State.SICK, "{}"),
                  () -> ""))
          .hasMessageContaining("cannot listen on 127.0.0.1:" + endpoint.port());
    } finally {
      endpoint.stop();
    }
  }
}
