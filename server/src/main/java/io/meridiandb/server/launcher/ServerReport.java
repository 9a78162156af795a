package io.meridiandb.server.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.system.SystemEvents;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.server.Node;
import io.meridiandb.server.NodeStatus;
import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.net.HealthSource.Health;
import io.meridiandb.server.net.HealthSource.State;
import io.meridiandb.truetime.ClockStatus;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a server says of itself on {@code /health} and {@code /metrics}. */
final class ServerReport {
  private static final long ANSWER_MILLIS_MAX = 1_000;

  private final ServerConfig config;
  private final String clockSource;
  private final ServerIdentity identity;
  private final Node node;
  private final SystemEvents events;
  private volatile boolean draining;

  ServerReport(
      ServerConfig config,
      String clockSource,
      ServerIdentity identity,
      Node node,
      SystemEvents events) {
    this.config = config;
    this.clockSource = clockSource;
    this.identity = identity;
    this.node = node;
    this.events = events;
  }

  void draining() {
    draining = true;
  }

  Health health() {
    NodeStatus status = status();
    State state = state(status);
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("state", state.name().toLowerCase(Locale.ROOT));
    json.put("server", config.name());
    json.put("id", identity.server().value());
    json.put("incarnation", identity.incarnation());
    json.put("universe", identity.universe().toString());
    json.put("region", config.region());
    json.put("zone", config.zone());
    if (status != null) {
      json.put("sessions", status.sessions());
      ObjectNode clock = json.putObject("clock");
      clock.put("source", clockSource);
      clock.put("epsilonMicros", status.clock().epsilonNanos() / 1_000);
      clock.put("fenced", status.fenced());
      clock.put(
          "health", ClockStatus.health(status.time().fencedBecause(), status.time().distrusted()));
      ArrayNode distrusts = clock.putArray("distrusts");
      status.time().distrusted().forEach(peer -> distrusts.add(peer.value()));
      ArrayNode groups = json.putArray("groups");
      for (NodeStatus.GroupStatus group : status.groups()) {
        ObjectNode each = groups.addObject();
        each.put("id", group.group().value());
        each.put("role", role(group));
        each.put("members", group.members().toString());
        ArrayNode voters = each.putArray("voters");
        group.members().voters().forEach(voter -> voters.add(voter.value()));
        each.put("leader", group.leader() == null ? 0 : group.leader().value());
        each.put("ballot", group.ballot().toString());
        each.put("appliedIndex", group.appliedIndex());
        ArrayNode advice = each.putArray("advice");
        group.lags().stream().filter(VoterLag::tooFar).forEach(lag -> advice.add(lag.toString()));
      }
    }
    return new Health(state, json.toString());
  }

  private String role(NodeStatus.GroupStatus group) {
    if (group.stopped()) {
      return "stopped";
    }
    return switch (group.members().kindOf(identity.server())) {
      case FULL -> group.leading() ? "leader" : "follower";
      case WITNESS -> "witness";
      case READ_ONLY -> "read-only";
      case null -> "removed";
    };
  }

  private State state(@Nullable NodeStatus status) {
    if (draining) {
      return State.DRAINING;
    }
    if (node.died().isDone() || status == null || status.fenced()) {
      return State.SICK;
    }
    if (status.groups().isEmpty() && !node.started().isDone()) {
      return State.STARTING;
    }
    if (status.groups().stream().anyMatch(NodeStatus.GroupStatus::stopped)) {
      return State.SICK;
    }
    return node.started().isDone() ? State.READY : State.WARMING;
  }

  private @Nullable NodeStatus status() {
    try {
      return node.status().get(ANSWER_MILLIS_MAX, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return null; // the server's strand is stuck: sick
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** Prometheus' text format: every counter as {@code meridian_<name>_total}. */
  String metrics() {
    StringBuilder out = new StringBuilder();
    events
        .counters()
        .forEach((name, value) -> {
          String metric = "meridian_" + name.replaceAll("[^a-zA-Z0-9]", "_") + "_total";
          out.append("# TYPE ").append(metric).append(" counter\n");
          out.append(metric).append("{server=\"").append(config.name()).append("\"} ");
          out.append(value).append('\n');
        });
    NodeStatus status = status();
    if (status != null) {
      out.append("# TYPE meridian_sessions gauge\nmeridian_sessions{server=\"");
      out.append(config.name()).append("\"} ").append(status.sessions()).append('\n');
      for (NodeStatus.GroupStatus group : status.groups()) {
        out.append("meridian_group_applied_index{server=\"").append(config.name());
        out.append("\",group=\"").append(group.group().value()).append("\"} ");
        out.append(group.appliedIndex()).append('\n');
        out.append("meridian_group_leading{server=\"").append(config.name());
        out.append("\",group=\"").append(group.group().value()).append("\"} ");
        out.append(group.leading() ? 1 : 0).append('\n');
      }
    }
    return out.toString();
  }
}
