package io.meridiandb.sql.catalog;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.GroupInfo;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.ReplicaInfo;
import io.meridiandb.placement.ServerInfo;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.ZoneInfo;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.truetime.ClockStatus;
import io.meridiandb.truetime.TrueTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The views that describe the universe: where servers stand, which groups there are and who leads
 * them, where each directory is. Each look asks anew; what does not answer is shown as NULL or left
 * out.
 */
public final class UniverseViews {
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final SystemView ZONES =
      view(
          "zones",
          List.of(
              text("zone"), text("region"), bigint("servers"), bigint("up"), text("zonemaster")),
          UniverseViews::zones);

  private static final SystemView SERVERS =
      view(
          "servers",
          List.of(
              bigint("server_id"),
              text("server"),
              text("region"),
              text("zone"),
              bool("up"),
              bigint("replicas"),
              bigint("leaders"),
              bigint("bytes")),
          UniverseViews::servers);

  private static final SystemView GROUPS =
      view(
          "groups",
          List.of(
              bigint("group_id"),
              text("placement"),
              text("state"),
              text("leader"),
              text("full_replicas"),
              text("witnesses"),
              text("read_only"),
              bigint("directories"),
              bigint("bytes")),
          UniverseViews::groups);

  private static final SystemView REPLICAS =
      view(
          "replicas",
          List.of(
              bigint("group_id"),
              text("server"),
              text("region"),
              text("zone"),
              text("replica_type"),
              bool("leads"),
              bigint("applied_index"),
              moment("closed"),
              bigint("closed_lag_ms"),
              bigint("bytes"),
              text("advice")),
          UniverseViews::replicas);

  private static final SystemView LEADERS =
      view(
          "leaders",
          List.of(
              bigint("group_id"), text("placement"), text("leader"), text("region"), text("zone")),
          UniverseViews::leaders);

  private static final SystemView DIRECTORIES =
      view(
          "directories",
          List.of(
              bigint("directory_id"),
              text("first_key"),
              text("end_key"),
              bigint("group_id"),
              text("placement"),
              bigint("generation"),
              bigint("bytes")),
          UniverseViews::directories);

  private static final SystemView CLOCK =
      view(
          "clock",
          List.of(
              text("server"),
              bigint("uncertainty_us"),
              moment("earliest"),
              moment("latest"),
              text("source"),
              text("health"),
              text("distrusts")),
          UniverseViews::clock);

  private static final SystemView MOVES =
      view(
          "moves",
          List.of(
              bigint("move_id"),
              bigint("directory_id"),
              text("first_key"),
              bigint("source_group"),
              bigint("destination_group"),
              text("state"),
              bigint("rows_copied"),
              bigint("bytes_copied"),
              bigint("rounds"),
              bigint("blocked_us"),
              moment("started")),
          UniverseViews::moves);

  /** What SHOW PLACEMENTS shows. */
  public static final SystemView PLACEMENTS =
      view(
          "placements",
          List.of(
              bigint("placement_id"),
              text("placement"),
              text("leader"),
              text("voters"),
              text("witnesses"),
              text("read_only"),
              text("mode"),
              text("groups")),
          UniverseViews::placements);

  static final List<SystemView> ALL =
      List.of(ZONES, SERVERS, GROUPS, REPLICAS, LEADERS, DIRECTORIES, CLOCK, MOVES, PLACEMENTS);

  private UniverseViews() {}

  private static SystemView view(
      String name,
      List<ColumnDescriptor> columns,
      Function<SystemView.Source, List<@Nullable Object[]>> rows) {
    return new SystemView(SystemViews.MERIDIAN_SYS, name, columns, rows);
  }

  private static ColumnDescriptor text(String name) {
    return new ColumnDescriptor(0, name, SqlType.TEXT, true, null);
  }

  private static ColumnDescriptor bigint(String name) {
    return new ColumnDescriptor(0, name, SqlType.BIGINT, true, null);
  }

  private static ColumnDescriptor bool(String name) {
    return new ColumnDescriptor(0, name, SqlType.BOOLEAN, true, null);
  }

  private static ColumnDescriptor moment(String name) {
    return new ColumnDescriptor(0, name, SqlType.TIMESTAMPTZ, true, null);
  }

  private static @Nullable Object[] row(@Nullable Object... values) {
    return values;
  }

  /** Numbers below zero stand for what nobody could say. */
  private static @Nullable Long known(long number) {
    return number < 0 ? null : number;
  }

  /** Whole microseconds, as a TIMESTAMPTZ has them; NULL for none. */
  private static @Nullable Instant instant(Timestamp timestamp) {
    return timestamp.equals(Timestamp.MIN) || timestamp.equals(Timestamp.MAX)
        ? null
        : timestamp.toInstant().truncatedTo(ChronoUnit.MICROS);
  }

  private static String names(Topology topology, List<ServerId> servers) {
    return servers.stream().map(topology::name).collect(Collectors.joining(", "));
  }

  private static String placement(List<PlacementInfo> placements, long id) {
    for (PlacementInfo placement : placements) {
      if (placement.id() == id) {
        return placement.name();
      }
    }
    return String.valueOf(id);
  }

  private static List<@Nullable Object[]> zones(SystemView.Source source) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (ZoneInfo zone : source.universe().placements().zones()) {
      rows.add(
          row(
              zone.name(),
              zone.region(),
              (long) zone.servers(),
              (long) zone.up(),
              zone.zonemaster()));
    }
    return rows;
  }

  private static List<@Nullable Object[]> servers(SystemView.Source source) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (ServerInfo server : source.universe().placements().servers()) {
      ServerPlace place = server.place();
      boolean up = server.up();
      rows.add(
          row(
              place.id().value(),
              place.name(),
              place.region(),
              place.zone(),
              up,
              up ? (Object) (long) server.groups() : null,
              up ? (Object) (long) server.leaders() : null,
              up ? known(server.bytes()) : null));
    }
    return rows;
  }

  private static List<@Nullable Object[]> groups(SystemView.Source source) {
    Topology topology = source.universe().topology();
    List<PlacementInfo> placements = source.universe().placements().placements();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (GroupInfo group : source.universe().placements().groups()) {
      ServerId leader = group.leader();
      rows.add(
          row(
              group.id().value(),
              placement(placements, group.placementId()),
              group.state(),
              leader == null ? null : topology.name(leader),
              names(topology, group.full()),
              names(topology, group.witnesses()),
              names(topology, group.readOnly()),
              (long) group.directories(),
              known(group.bytes())));
    }
    return rows;
  }

  private static List<@Nullable Object[]> replicas(SystemView.Source source) {
    Topology topology = source.universe().topology();
    TrueTime trueTime = source.universe().trueTime();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (GroupInfo group : source.universe().placements().groups()) {
      for (ReplicaInfo replica : group.replicas()) {
        ServerPlace place = topology.find(replica.server());
        Instant closed = instant(replica.closed());
        Long lag =
            closed == null || trueTime == null
                ? null
                : (trueTime.now().earliest().nanos() - replica.closed().nanos()) / NANOS_PER_MILLI;
        rows.add(
            row(
                group.id().value(),
                topology.name(replica.server()),
                place == null ? null : place.region(),
                place == null ? null : place.zone(),
                replica.type(),
                replica.leading(),
                replica.appliedIndex(),
                closed,
                lag,
                known(replica.bytes()),
                replica.advice()));
      }
    }
    return rows;
  }

  private static List<@Nullable Object[]> leaders(SystemView.Source source) {
    Topology topology = source.universe().topology();
    List<PlacementInfo> placements = source.universe().placements().placements();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (GroupInfo group : source.universe().placements().groups()) {
      ServerId leader = group.leader();
      ServerPlace place = leader == null ? null : topology.find(leader);
      rows.add(
          row(
              group.id().value(),
              placement(placements, group.placementId()),
              leader == null ? null : topology.name(leader),
              place == null ? null : place.region(),
              place == null ? null : place.zone()));
    }
    return rows;
  }

  private static List<@Nullable Object[]> directories(SystemView.Source source) {
    KeyNames names = new KeyNames(source.catalog());
    List<PlacementInfo> placements = source.universe().placements().placements();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (DirectoryInfo directory : source.universe().placements().directories()) {
      rows.add(
          row(
              directory.id(),
              names.of(directory.range().start()),
              names.ofEnd(directory.range().end()),
              directory.group().value(),
              placement(placements, directory.placementId()),
              directory.generation(),
              known(directory.bytes())));
    }
    return rows;
  }

  private static List<@Nullable Object[]> clock(SystemView.Source source) {
    TrueTime trueTime = source.universe().trueTime();
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (ServerInfo server : source.universe().placements().servers()) {
      boolean self = server.place().id().equals(source.universe().self());
      TTInterval now = self && trueTime != null ? trueTime.now() : null;
      long micros = server.clock().uncertainty().toNanos() / NANOS_PER_MICRO;
      rows.add(
          row(
              server.place().name(),
              now != null
                  ? (Object) (now.epsilonNanos() / NANOS_PER_MICRO)
                  : server.up() ? micros : null,
              now == null ? null : instant(now.earliest()),
              now == null ? null : instant(now.latest()),
              server.up() ? server.clock().source() : null,
              server.up()
                  ? ClockStatus.health(server.clock().fault(), server.clock().distrusted())
                  : null,
              server.clock().distrusted().isEmpty()
                  ? null
                  : names(source.universe().topology(), server.clock().distrusted())));
    }
    return rows;
  }

  private static List<@Nullable Object[]> moves(SystemView.Source source) {
    KeyNames names = new KeyNames(source.catalog());
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (MoveInfo move : source.universe().placements().moves()) {
      rows.add(
          row(
              move.id(),
              move.directory(),
              names.of(move.range().start()),
              move.source().value(),
              move.destination().value(),
              move.state(),
              move.report().rows(),
              move.report().bytes(),
              (long) move.report().rounds(),
              move.report().blockedMicros(),
              instant(move.started())));
    }
    return rows;
  }

  private static @Nullable String list(List<String> places) {
    return places.isEmpty() ? null : String.join(", ", places);
  }

  private static List<@Nullable Object[]> placements(SystemView.Source source) {
    List<@Nullable Object[]> rows = new ArrayList<>();
    for (PlacementInfo placement : source.universe().placements().placements()) {
      rows.add(
          row(
              placement.id(),
              placement.name(),
              placement.options().leader(),
              list(placement.options().voters()),
              list(placement.options().witnesses()),
              list(placement.options().readOnly()),
              placement.options().mode().name().toLowerCase(Locale.ROOT),
              placement.groups().stream()
                  .map(GroupId::value)
                  .map(String::valueOf)
                  .collect(Collectors.joining(", "))));
    }
    return rows;
  }
}
