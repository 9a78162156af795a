package io.meridiandb.sql.session;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.placement.DirectoryInfo;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.gateway.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Knows what {@link FakePlacements} knows. Group g is led by server g + 1 and has a replica on
 * server 1, where we are, if its number is even.
 */
final class FakeRouter implements Router {
  private final FakePlacements placements;

  FakeRouter(FakePlacements placements) {
    this.placements = placements;
  }

  @Override
  public GroupId locate(Key key) {
    GroupId found = GroupId.ZERO;
    for (DirectoryInfo directory : placements.directories()) {
      if (directory.range().contains(key)) {
        found = directory.group();
      }
    }
    return found;
  }

  @Override
  public GroupId locate(KeyRange range) {
    List<Located> pieces = cut(range);
    return pieces.size() == 1 ? pieces.getFirst().group() : null;
  }

  @Override
  public List<Located> cut(KeyRange range) {
    List<Located> pieces = new ArrayList<>();
    Key from = range.start();
    for (DirectoryInfo directory : placements.directories()) {
      boolean whole = directory.id() == 0;
      if (!whole && directory.range().overlaps(new KeyRange(from, range.end()))) {
        if (from.compareTo(directory.range().start()) < 0) {
          pieces.add(new Located(new KeyRange(from, directory.range().start()), GroupId.ZERO));
        }
        pieces.add(new Located(directory.range(), directory.group()));
        from = directory.range().end();
      }
    }
    if (pieces.isEmpty()) {
      pieces.add(new Located(range, GroupId.ZERO));
    }
    return pieces;
  }

  @Override
  public Leader leader(GroupId group) {
    return new Leader(new ServerId(group.value() % 5 + 1), 1);
  }

  @Override
  public List<ServerId> replicas(GroupId group) {
    ServerId leader = leader(group).server();
    return group.value() % 2 == 0
        ? Stream.of(new ServerId(1), leader).distinct().toList()
        : List.of(leader);
  }

  @Override
  public boolean near(ServerId server) {
    ServerPlace place = FakePlacements.TOPOLOGY.find(server);
    return place.region().equals("eu");
  }

  @Override
  public boolean votesAreFar(GroupId group) {
    return group.value() == 1;
  }

  @Override
  public void learned(GroupId group, ServerId server, long epoch) {}

  @Override
  public void failed(GroupId group, ServerId server, ServerId hint) {}
}
