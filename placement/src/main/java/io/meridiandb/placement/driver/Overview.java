package io.meridiandb.placement.driver;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.GroupInfo;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.ReplicaInfo;
import io.meridiandb.placement.ServerInfo;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.ZoneInfo;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.master.LeaseRow;
import io.meridiandb.placement.metadata.GroupRow;
import io.meridiandb.placement.metadata.MetadataRow;
import io.meridiandb.placement.metadata.PlacementRow;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.proto.ReplicaStatus;
import io.meridiandb.spanserver.proto.ServerStatusReply;
import io.meridiandb.txn.LockMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What people see of a universe: METADATA beside what the servers say of themselves. Waits. */
final class Overview {
  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);
  private static final List<String> KINDS =
      List.of(ReplicaSet.Kind.values()).stream()
          .map(kind -> kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
          .toList();

  private final Transactions transactions;
  private final Spanservers spanservers;
  private final Topology topology;
  private final LocationProxy proxy;

  Overview(
      Transactions transactions, Spanservers spanservers, Topology topology, LocationProxy proxy) {
    this.transactions = transactions;
    this.spanservers = spanservers;
    this.topology = topology;
    this.proxy = proxy;
  }

  private record Metadata(
      List<PlacementRow> placements, List<GroupRow> groups, List<MetadataRow> directories) {}

  private Metadata metadata() {
    return transactions.read(
        TRANSACTION_MAX,
        transaction ->
            new Metadata(
                PlacementRow.all(transaction, LockMode.NONE),
                GroupRow.all(transaction, LockMode.NONE),
                MetadataRow.all(transaction, LockMode.NONE)));
  }

  List<PlacementInfo> placements() {
    Metadata now = metadata();
    List<PlacementInfo> placements = new ArrayList<>();
    placements.add(byDefault());
    for (PlacementRow row : now.placements) {
      List<GroupId> groups =
          now.groups.stream()
              .filter(group -> group.placementId() == row.id())
              .filter(group -> group.state() != GroupRow.State.DROPPED)
              .map(GroupRow::id)
              .toList();
      placements.add(new PlacementInfo(row.id(), row.name(), row.options(), groups));
    }
    return placements;
  }

  private PlacementInfo byDefault() {
    ReplicaSet set = groupZero().members();
    PlacementOptions options =
        new PlacementOptions(
            null,
            zones(set.full()),
            zones(set.witnesses()),
            zones(set.readOnly()),
            PlacementOptions.Mode.REGIONAL);
    return new PlacementInfo(
        PlacementInfo.DEFAULT_ID, PlacementInfo.DEFAULT_NAME, options, List.of(GroupId.ZERO));
  }

  private List<String> zones(Iterable<ServerId> servers) {
    List<String> zones = new ArrayList<>();
    for (ServerId server : servers) {
      ServerPlace place = topology.find(server);
      zones.add(place == null ? server.toString() : place.zone());
    }
    return zones;
  }

  private GroupRow groupZero() {
    ReplicaSet members = proxy.members(GroupId.ZERO);
    return new GroupRow(
        GroupId.ZERO,
        PlacementInfo.DEFAULT_ID,
        GroupRow.State.OPEN,
        members == null ? ReplicaSet.ofFull(List.of(new ServerId(1))) : members);
  }

  private List<GroupRow> all(Metadata now) {
    List<GroupRow> all = new ArrayList<>();
    all.add(groupZero());
    all.addAll(now.groups);
    return all;
  }

  List<DirectoryInfo> directories() {
    Metadata now = metadata();
    SortedMap<ServerId, ServerStatusReply> statuses = spanservers.statuses();
    Map<MetadataRow, Long> bytes = new LinkedHashMap<>();
    for (GroupRow group : all(now)) {
      List<MetadataRow> mine =
          now.directories.stream().filter(row -> row.group().equals(group.id())).toList();
      ServerId leader = Spanservers.leader(statuses, group.id());
      List<Long> sizes =
          mine.isEmpty() || leader == null
              ? null
              : spanservers.sizes(
                  leader, group.id(), mine.stream().map(MetadataRow::range).toList());
      for (int i = 0; sizes != null && i < mine.size(); i++) {
        bytes.put(mine.get(i), sizes.get(i));
      }
    }
    List<DirectoryInfo> directories = new ArrayList<>();
    directories.add(
        new DirectoryInfo(0, KeyRange.ALL, 0, GroupId.ZERO, 0, bytes(statuses, GroupId.ZERO)));
    for (MetadataRow row : now.directories) {
      directories.add(
          new DirectoryInfo(
              row.id(),
              row.range(),
              row.generation(),
              row.group(),
              row.placementId(),
              bytes.getOrDefault(row, -1L)));
    }
    return directories;
  }

  private static long bytes(SortedMap<ServerId, ServerStatusReply> statuses, GroupId group) {
    ServerId leader = Spanservers.leader(statuses, group);
    ServerStatusReply status = leader == null ? null : statuses.get(leader);
    if (status == null) {
      return -1;
    }
    return status.getReplicasList().stream()
        .filter(replica -> replica.getGroup() == group.value())
        .mapToLong(ReplicaStatus::getBytes)
        .sum();
  }

  List<GroupInfo> groups() {
    Metadata now = metadata();
    SortedMap<ServerId, ServerStatusReply> statuses = spanservers.statuses();
    List<GroupInfo> groups = new ArrayList<>();
    for (GroupRow row : all(now)) {
      List<ReplicaInfo> replicas = replicas(statuses, row);
      long count = now.directories.stream().filter(each -> each.group().equals(row.id())).count();
      groups.add(
          new GroupInfo(
              row.id(),
              row.placementId(),
              row.state().name(),
              List.copyOf(row.members().full()),
              List.copyOf(row.members().witnesses()),
              List.copyOf(row.members().readOnly()),
              Spanservers.leader(statuses, row.id()),
              (int) count,
              bytes(statuses, row.id()),
              replicas));
    }
    return groups;
  }

  /** What servers say of their replicas, and what their leader says of those that lag too far. */
  private static List<ReplicaInfo> replicas(
      SortedMap<ServerId, ServerStatusReply> statuses, GroupRow row) {
    SortedMap<ServerId, ReplicaStatus> said = new TreeMap<>();
    statuses.forEach((server, status) ->
        status.getReplicasList().stream()
            .filter(replica -> replica.getGroup() == row.id().value())
            .forEach(replica -> said.put(server, replica)));
    SortedMap<ServerId, String> advice = new TreeMap<>();
    for (ReplicaStatus replica : said.values()) {
      replica
          .getLateList()
          .forEach(late -> advice.put(new ServerId(late.getServer()), late.getAdvice()));
    }
    List<ReplicaInfo> replicas = new ArrayList<>();
    said.forEach((server, replica) -> replicas.add(info(server, replica, advice.get(server))));
    advice.forEach((server, what) -> {
      ReplicaSet.Kind kind = row.members().kindOf(server);
      if (!said.containsKey(server) && kind != null) {
        ReplicaStatus unknown =
            ReplicaStatus.newBuilder()
                .setGroup(row.id().value())
                .setKind(kind.ordinal())
                .setClosedNanos(Timestamp.MIN.nanos())
                .build();
        replicas.add(info(server, unknown, what));
      }
    });
    return replicas;
  }

  private static ReplicaInfo info(ServerId server, ReplicaStatus status, @Nullable String advice) {
    return new ReplicaInfo(
        new GroupId(status.getGroup()),
        server,
        KINDS.get(Math.min(status.getKind(), KINDS.size() - 1)),
        status.getLeading(),
        status.getAppliedIndex(),
        new Timestamp(status.getClosedNanos()),
        status.getBytes(),
        advice);
  }

  List<ServerInfo> servers() {
    SortedMap<ServerId, ServerStatusReply> statuses = spanservers.statuses();
    List<ServerInfo> servers = new ArrayList<>();
    for (ServerPlace place : topology.servers()) {
      ServerStatusReply status = statuses.get(place.id());
      servers.add(status == null ? down(place) : info(place, status));
    }
    return servers;
  }

  private static ServerInfo down(ServerPlace place) {
    return new ServerInfo(place, false, 0, 0, 0, ServerInfo.Clock.UNKNOWN);
  }

  private static ServerInfo info(ServerPlace place, ServerStatusReply status) {
    return new ServerInfo(
        place,
        true,
        status.getReplicasCount(),
        (int) status.getReplicasList().stream().filter(ReplicaStatus::getLeading).count(),
        status.getReplicasList().stream().mapToLong(ReplicaStatus::getBytes).sum(),
        new ServerInfo.Clock(
            Duration.ofNanos(status.getClockUncertaintyNanos()),
            status.getClockSource(),
            status.getClockFault().isEmpty() ? null : status.getClockFault(),
            status.getClockDistrustsList().stream().map(ServerId::new).toList()));
  }

  List<ZoneInfo> zones() {
    List<LeaseRow> leases =
        transactions.read(TRANSACTION_MAX, transaction -> LeaseRow.all(transaction, LockMode.NONE));
    Timestamp now = transactions.nowLatest();
    List<ServerInfo> servers = servers();
    List<ZoneInfo> zones = new ArrayList<>();
    for (String zone : topology.zones()) {
      List<ServerInfo> mine =
          servers.stream().filter(server -> server.place().zone().equals(zone)).toList();
      zones.add(
          new ZoneInfo(
              zone,
              mine.stream()
                  .map(server -> server.place().region())
                  .min(Comparator.naturalOrder())
                  .orElse(""),
              mine.size(),
              (int) mine.stream().filter(ServerInfo::up).count(),
              master(leases, LeaseRow.zonemaster(zone), now)));
    }
    return zones;
  }

  private @Nullable String master(List<LeaseRow> leases, String name, Timestamp now) {
    return leases.stream()
        .filter(lease -> lease.name().equals(name) && lease.until().isAfter(now))
        .map(lease -> topology.name(lease.server()))
        .findFirst()
        .orElse(null);
  }
}
