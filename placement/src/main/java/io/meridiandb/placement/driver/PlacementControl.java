package io.meridiandb.placement.driver;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.GroupInfo;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.ServerInfo;
import io.meridiandb.placement.Topology;
import io.meridiandb.placement.ZoneInfo;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.metadata.GroupRow;
import io.meridiandb.placement.metadata.MetadataRow;
import io.meridiandb.placement.metadata.MoveRow;
import io.meridiandb.placement.metadata.Owners;
import io.meridiandb.placement.metadata.Owners.Owned;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.placement.movement.DirectoryMover;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.proto.Directory;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link PlacementAdmin} by transactions of this server's gateway and messages to spanservers. */
public final class PlacementControl implements PlacementAdmin {
  static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);

  private final Transactions transactions;
  private final LocationProxy proxy;
  private final Owners owners;
  private final Groups groups;
  private final MemberChanges memberChanges;
  private final Directories directories;
  private final Overview overview;
  private final Spanservers spanservers;

  /**
   * The administration as seen from one server.
   *
   * @param gateway whose router is {@code proxy}
   */
  public PlacementControl(
      Env env, Messenger messenger, Topology topology, LocationProxy proxy, Gateway gateway) {
    ServerIdentity self = messenger.self();
    this.transactions = new Transactions(env, gateway);
    this.proxy = proxy;
    this.owners = new Owners(proxy);
    this.spanservers = new Spanservers(env, messenger, topology);
    this.groups = new Groups(env, transactions, spanservers, topology, proxy);
    this.memberChanges = new MemberChanges(env, transactions, spanservers, topology, proxy);
    this.directories =
        new Directories(
            env,
            transactions,
            owners,
            new DirectoryMover(env, messenger, transactions, proxy),
            driverName(self.server().value(), self.incarnation()));
    this.overview = new Overview(transactions, spanservers, topology, proxy);
  }

  /** How moves name the server that works at them. */
  static String driverName(long server, long incarnation) {
    return server + "/" + incarnation;
  }

  /** What the placement driver works with. */
  Parts parts() {
    return new Parts(transactions, spanservers, groups, memberChanges, directories);
  }

  /** What the placement driver works with. */
  record Parts(
      Transactions transactions,
      Spanservers spanservers,
      Groups groups,
      MemberChanges memberChanges,
      Directories directories) {}

  @Override
  public PlacementInfo create(String name, PlacementOptions options) {
    return groups.create(name, options);
  }

  @Override
  public void alter(String name, PlacementOptions options) {
    memberChanges.alter(name, options);
  }

  @Override
  public void drop(String name) {
    groups.drop(name);
  }

  @Override
  public List<PlacementInfo> placements() {
    return overview.placements();
  }

  @Override
  public @Nullable PlacementInfo find(String name) {
    return placements().stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
  }

  @Override
  public @Nullable PlacementInfo find(long placementId) {
    return placements().stream().filter(each -> each.id() == placementId).findFirst().orElse(null);
  }

  @Override
  public void assign(KeyRange range, long placementId) {
    move(range, placementId);
  }

  @Override
  public MoveReport move(KeyRange range, long placementId) {
    GroupId group = groupOf(placementId);
    if (directories.isAssigned(range, group)) {
      return MoveReport.NOTHING;
    }
    return directories.move(range, group, placementId);
  }

  /** The group of a placement that has the fewest directories. */
  private GroupId groupOf(long placementId) {
    if (placementId == PlacementInfo.DEFAULT_ID) {
      return GroupId.ZERO;
    }
    return transactions
        .read(
            TRANSACTION_MAX,
            transaction -> {
              List<MetadataRow> rows = MetadataRow.all(transaction, LockMode.NONE);
              return open(transaction).stream()
                  .filter(group -> group.placementId() == placementId)
                  .peek(group -> proxy.learnedMembers(group.id(), group.members()))
                  .map(GroupRow::id)
                  .min(
                      Comparator.<GroupId>comparingLong(
                              id -> rows.stream().filter(row -> row.group().equals(id)).count())
                          .thenComparing(Comparator.naturalOrder()));
            })
        .orElseThrow(() ->
            new MeridianException(
                ErrorCode.UNDEFINED_OBJECT, "placement %d does not exist".formatted(placementId)));
  }

  private static List<GroupRow> open(Transaction transaction) {
    return GroupRow.all(transaction, LockMode.NONE).stream()
        .filter(group -> group.state() != GroupRow.State.DROPPED)
        .toList();
  }

  @Override
  public MoveReport moveDirectory(KeyRange range, GroupId destination) {
    return directories.move(range, destination, placementOf(destination));
  }

  @Override
  public MoveReport moveDirectory(long directoryId, GroupId destination) {
    return moveDirectory(directories.find(directoryId).range(), destination);
  }

  private long placementOf(GroupId group) {
    if (group.equals(GroupId.ZERO)) {
      return PlacementInfo.DEFAULT_ID;
    }
    return transactions.read(TRANSACTION_MAX, transaction -> open(transaction)).stream()
        .filter(row -> row.id().equals(group))
        .peek(row -> proxy.learnedMembers(row.id(), row.members()))
        .findFirst()
        .orElseThrow(() ->
            new MeridianException(ErrorCode.UNDEFINED_OBJECT, "%s does not exist".formatted(group)))
        .placementId();
  }

  @Override
  public void split(Key at) {
    directories.split(at);
  }

  @Override
  public void merge(Key at) {
    directories.merge(at);
  }

  @Override
  public List<DirectoryInfo> directories() {
    return overview.directories();
  }

  @Override
  public List<GroupInfo> groups() {
    return overview.groups();
  }

  @Override
  public List<MoveInfo> moves() {
    return transactions
        .read(TRANSACTION_MAX, transaction -> MoveRow.all(transaction, LockMode.NONE))
        .stream()
        .map(MoveRow::info)
        .toList();
  }

  @Override
  public List<ZoneInfo> zones() {
    return overview.zones();
  }

  @Override
  public List<ServerInfo> servers() {
    return overview.servers();
  }

  @Override
  public List<GroupId> lockOwners(Transaction transaction, KeyRange range) {
    List<GroupId> found = new ArrayList<>();
    for (Owned owned : owners.of(transaction, range, LockMode.SHARED)) {
      if (!found.contains(owned.owner())) {
        found.add(owned.owner());
      }
    }
    return found;
  }

  /**
   * Learns from METADATA which groups there are, who their members are and what they own: a head
   * start for the location proxy, which is corrected by the groups themselves.
   */
  public void refreshLocations() {
    List<MetadataRow> rows =
        transactions.read(
            TRANSACTION_MAX,
            transaction -> {
              for (GroupRow group : GroupRow.all(transaction, LockMode.NONE)) {
                proxy.learnedMembers(group.id(), group.members());
              }
              return MetadataRow.all(transaction, LockMode.NONE);
            });
    if (rows.isEmpty()) {
      return; // an empty list would mean that what is believed is wrong
    }
    proxy.directories(
        rows.stream()
            .map(row ->
                Directory.newBuilder()
                    .setRange(Protos.range(row.range()))
                    .setId(row.id())
                    .setGeneration(row.generation())
                    .setGroup(row.group().value())
                    .build())
            .toList());
  }
}
