package io.meridiandb.server.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meridiandb.server.config.ConfigException;
import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseConfigReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ./meridian status}: asks each server of the universe file for its health and prints a line
 * for each; and, if there are any, the groups that have lost their quorum.
 */
@Command(
    name = "status",
    description = "Show each server of a universe: its state, its groups and their leaders.",
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(2);
  private static final String FORM = "%-10s %-14s %-9s %-8s %-12s %-12s %s";

  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The universe file (default: ${DEFAULT-VALUE}).")
  Path config = Path.of("data/demo/universe.yaml");

  @Override
  public Integer call() {
    UniverseConfig universe = UniverseConfigReader.read(config);
    PrintWriter out =
        spec == null
            ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
            : spec.commandLine().getOut();
    out.println(FORM.formatted("SERVER", "REGION", "STATE", "GROUP", "ROLE", "APPLIED", "CLOCK"));
    int missing = 0;
    QuorumReport quorums = new QuorumReport();
    HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER_MAX).build();
    for (ServerConfig server : universe.servers()) {
      quorums.server(server.id().value(), server.name());
      if (!print(client, server, out, quorums)) {
        missing++;
      }
    }
    quorums.lines().forEach(line -> out.println("! " + line));
    out.flush();
    return missing == 0 ? 0 : 1;
  }

  private static String clock(JsonNode clock) {
    String health = clock.path("health").asText("good");
    return "%s ε %s µs%s"
        .formatted(
            clock.path("source").asText("?"),
            clock.path("epsilonMicros").asText("?"),
            health.equals("good") ? "" : ", " + health);
  }

  private boolean print(
      HttpClient client, ServerConfig server, PrintWriter out, QuorumReport quorums) {
    if (server.httpPort() == 0) {
      throw new ConfigException(
          "server %s has no 'http' port in %s: status asks there".formatted(server.name(), config));
    }
    URI address = URI.create("http://%s:%d/health".formatted(server.host(), server.httpPort()));
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(address).timeout(ANSWER_MAX).build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode health = new ObjectMapper().readTree(answer.body());
      String clock = clock(health.path("clock"));
      quorums.answered(server.id().value(), health);
      for (JsonNode group : health.path("groups")) {
        out.println(
            FORM.formatted(
                server.name(),
                server.region(),
                health.path("state").asText("?"),
                group.path("id").asText("?"),
                group.path("role").asText("?"),
                group.path("appliedIndex").asText("?"),
                clock));
        group.path("advice").forEach(advice -> out.println("  ! " + advice.asText()));
      }
      return true;
    } catch (IOException e) {
      out.println(
          FORM.formatted(
              server.name(), server.region(), "down", "-", "-", "-", "no answer on " + address));
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
