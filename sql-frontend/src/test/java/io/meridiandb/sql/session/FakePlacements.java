package io.meridiandb.sql.session;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.GroupInfo;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.ReplicaInfo;
import io.meridiandb.placement.ServerInfo;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.ZoneInfo;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Placements of a universe of five zones in three regions, as lists; one group a placement. */
final class FakePlacements implements PlacementAdmin {
  static final Topology TOPOLOGY =
      new Topology(
          List.of(
              new ServerPlace(new ServerId(1), "eu1", "eu", "eu-a"),
              new ServerPlace(new ServerId(2), "eu2", "eu", "eu-b"),
              new ServerPlace(new ServerId(3), "us1", "us", "us-a"),
              new ServerPlace(new ServerId(4), "us2", "us", "us-b"),
              new ServerPlace(new ServerId(5), "asia1", "asia", "asia-a")));

  private final Map<String, PlacementInfo> placements = new LinkedHashMap<>();
  private final TreeMap<Key, DirectoryInfo> directories = new TreeMap<>();
  private final List<MoveInfo> moves = new ArrayList<>();
  private long nextId = 1;
  private long nextDirectory = 1;

  FakePlacements() {
    PlacementOptions everywhere =
        new PlacementOptions(
            null,
            List.of("eu", "us", "asia"),
            List.of(),
            List.of(),
            PlacementOptions.Mode.REGIONAL);
    placements.put("default", new PlacementInfo(0, "default", everywhere, List.of(GroupId.ZERO)));
  }

  @Override
  public PlacementInfo create(String name, PlacementOptions options) {
    long id = nextId++;
    PlacementInfo made = new PlacementInfo(id, name, options, List.of(new GroupId(id)));
    placements.put(name, made);
    return made;
  }

  @Override
  public void alter(String name, PlacementOptions options) {
    placements.computeIfPresent(
        name, (same, info) -> new PlacementInfo(info.id(), same, options, info.groups()));
  }

  @Override
  public void drop(String name) {
    PlacementInfo gone = placements.get(name);
    for (DirectoryInfo directory : directories.values()) {
      if (directory.placementId() == gone.id()) {
        throw new MeridianException(
            ErrorCode.DEPENDENT_OBJECTS, "directory " + directory.id() + " belongs to " + name);
      }
    }
    placements.remove(name);
  }

  @Override
  public List<PlacementInfo> placements() {
    return List.copyOf(placements.values());
  }

  @Override
  public PlacementInfo find(String name) {
    return placements.get(name);
  }

  @Override
  public PlacementInfo find(long placementId) {
    return placements.values().stream()
        .filter(placement -> placement.id() == placementId)
        .findFirst()
        .orElse(null);
  }

  @Override
  public void assign(KeyRange range, long placementId) {
    if (placementId != 0) {
      put(range, nextDirectory++, 1, new GroupId(placementId), placementId);
    }
  }

  private void put(KeyRange range, long id, long generation, GroupId group, long placement) {
    directories.put(
        range.start(), new DirectoryInfo(id, range, generation, group, placement, 1_024));
  }

  @Override
  public MoveReport move(KeyRange range, long placementId) {
    return move(range, new GroupId(placementId), placementId);
  }

  private MoveReport move(KeyRange range, GroupId group, long placementId) {
    MoveReport report = new MoveReport(10, 1_000, 1_500, 2);
    boolean found = false;
    for (DirectoryInfo each : List.copyOf(directories.values())) {
      if (each.range().overlaps(range)) {
        put(each.range(), each.id(), each.generation() + 1, group, placementId);
        moves.add(
            new MoveInfo(
                moves.size() + 1,
                each.id(),
                each.range(),
                each.group(),
                group,
                "DONE",
                report,
                new Timestamp(1_600_000_000_000_000_000L)));
        found = true;
      }
    }
    if (found) {
      return report;
    }
    put(range, nextDirectory++, 1, group, placementId);
    return report;
  }

  @Override
  public MoveReport moveDirectory(KeyRange range, GroupId destination) {
    return move(range, destination, destination.value());
  }

  @Override
  public MoveReport moveDirectory(long directoryId, GroupId destination) {
    for (DirectoryInfo each : directories.values()) {
      if (each.id() == directoryId) {
        return move(each.range(), destination, destination.value());
      }
    }
    throw new MeridianException(
        ErrorCode.UNDEFINED_OBJECT, "directory " + directoryId + " does not exist");
  }

  @Override
  public void split(Key at) {
    DirectoryInfo before = directories.floorEntry(at).getValue();
    put(
        new KeyRange(before.range().start(), at),
        before.id(),
        before.generation() + 1,
        before.group(),
        before.placementId());
    put(
        new KeyRange(at, before.range().end()),
        nextDirectory++,
        before.generation() + 1,
        before.group(),
        before.placementId());
  }

  @Override
  public void merge(Key at) {
    DirectoryInfo first = directories.lowerEntry(at).getValue();
    DirectoryInfo second = directories.remove(at);
    put(
        new KeyRange(first.range().start(), second.range().end()),
        first.id(),
        first.generation() + 1,
        first.group(),
        first.placementId());
  }

  @Override
  public List<DirectoryInfo> directories() {
    List<DirectoryInfo> all = new ArrayList<>();
    all.add(new DirectoryInfo(0, KeyRange.ALL, 0, GroupId.ZERO, 0, -1));
    all.addAll(directories.values());
    return all;
  }

  @Override
  public List<GroupInfo> groups() {
    List<GroupInfo> groups = new ArrayList<>();
    for (PlacementInfo placement : placements.values()) {
      GroupId id = placement.groups().getFirst();
      ServerId leader = new ServerId(id.value() % 5 + 1);
      groups.add(
          new GroupInfo(
              id,
              placement.id(),
              "OPEN",
              List.of(leader),
              List.of(),
              List.of(),
              leader,
              (int) directories.values().stream().filter(d -> d.group().equals(id)).count(),
              2_048,
              List.of(
                  new ReplicaInfo(
                      id,
                      leader,
                      "full",
                      true,
                      7,
                      new Timestamp(1_600_000_000_000_000_000L),
                      2_048,
                      null))));
    }
    return groups;
  }

  @Override
  public List<MoveInfo> moves() {
    return List.copyOf(moves);
  }

  @Override
  public List<ZoneInfo> zones() {
    return TOPOLOGY.servers().stream()
        .map(server -> new ZoneInfo(server.zone(), server.region(), 1, 1, server.name()))
        .toList();
  }

  @Override
  public List<ServerInfo> servers() {
    return TOPOLOGY.servers().stream()
        .map(place ->
            new ServerInfo(
                place,
                place.id().value() != 5,
                2,
                1,
                4_096,
                new ServerInfo.Clock(
                    Duration.ofNanos(250_000),
                    "static:250us",
                    null,
                    place.id().value() == 2 ? List.of(new ServerId(3)) : List.of())))
        .toList();
  }

  @Override
  public List<GroupId> lockOwners(Transaction transaction, KeyRange range) {
    TreeSet<GroupId> owners = new TreeSet<>();
    for (DirectoryInfo each : directories.values()) {
      if (each.range().overlaps(range)) {
        owners.add(each.group());
      }
    }
    return owners.isEmpty() ? List.of(GroupId.ZERO) : List.copyOf(owners);
  }
}
