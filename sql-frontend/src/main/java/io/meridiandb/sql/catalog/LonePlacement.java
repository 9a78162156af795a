package io.meridiandb.sql.catalog;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.GroupInfo;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.placement.PlacementAdmin;
import io.meridiandb.placement.PlacementInfo;
import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.placement.ServerInfo;
import io.meridiandb.placement.ZoneInfo;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The placement of a server that is no universe: group 0 has everything. */
final class LonePlacement implements PlacementAdmin {
  private static final PlacementInfo DEFAULT =
      new PlacementInfo(
          PlacementInfo.DEFAULT_ID,
          PlacementInfo.DEFAULT_NAME,
          new PlacementOptions(
              null, List.of(), List.of(), List.of(), PlacementOptions.Mode.REGIONAL),
          List.of(GroupId.ZERO));

  private static MeridianException alone() {
    return new MeridianException(
            ErrorCode.FEATURE_NOT_SUPPORTED, "this server stands alone: nothing can be placed")
        .withHint("Placements need a universe: servers in zones, as universe.yaml describes them.");
  }

  @Override
  public PlacementInfo create(String name, PlacementOptions options) {
    throw alone();
  }

  @Override
  public void alter(String name, PlacementOptions options) {
    throw alone();
  }

  @Override
  public void drop(String name) {
    throw alone();
  }

  @Override
  public List<PlacementInfo> placements() {
    return List.of(DEFAULT);
  }

  @Override
  public @Nullable PlacementInfo find(String name) {
    return name.equals(PlacementInfo.DEFAULT_NAME) ? DEFAULT : null;
  }

  @Override
  public @Nullable PlacementInfo find(long placementId) {
    return placementId == PlacementInfo.DEFAULT_ID ? DEFAULT : null;
  }

  @Override
  public void assign(KeyRange range, long placementId) {
    if (placementId != PlacementInfo.DEFAULT_ID) {
      throw alone();
    }
  }

  @Override
  public MoveReport move(KeyRange range, long placementId) {
    if (placementId != PlacementInfo.DEFAULT_ID) {
      throw alone();
    }
    return MoveReport.NOTHING;
  }

  @Override
  public MoveReport moveDirectory(KeyRange range, GroupId destination) {
    throw alone();
  }

  @Override
  public MoveReport moveDirectory(long directoryId, GroupId destination) {
    throw alone();
  }

  @Override
  public void split(Key at) {
    throw alone();
  }

  @Override
  public void merge(Key at) {
    throw alone();
  }

  @Override
  public List<DirectoryInfo> directories() {
    return List.of();
  }

  @Override
  public List<GroupInfo> groups() {
    return List.of();
  }

  @Override
  public List<MoveInfo> moves() {
    return List.of();
  }

  @Override
  public List<ZoneInfo> zones() {
    return List.of();
  }

  @Override
  public List<ServerInfo> servers() {
    return List.of();
  }

  @Override
  public List<GroupId> lockOwners(Transaction transaction, KeyRange range) {
    return List.of(GroupId.ZERO);
  }
}
