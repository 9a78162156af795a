package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.proto.Directory;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Knows the borders that it is told; group n is led by server n + 1. */
final class BorderRouter implements Router {
  private final TreeMap<Key, GroupId> borders = new TreeMap<>();
  final TreeSet<ServerId> far = new TreeSet<>();
  final TreeMap<GroupId, List<ServerId>> replicas = new TreeMap<>();
  boolean votesAreFar;
  int corrections;

  BorderRouter() {
    borders.put(Key.MIN, GroupId.ZERO);
  }

  void border(Key from, long group) {
    borders.put(from, new GroupId(group));
  }

  @Override
  public GroupId locate(Key key) {
    return borders.floorEntry(key).getValue();
  }

  @Override
  public @Nullable GroupId locate(KeyRange range) {
    List<Located> parts = cut(range);
    return parts.size() == 1 ? parts.getFirst().group() : null;
  }

  @Override
  public List<Located> cut(KeyRange range) {
    List<Located> parts = new ArrayList<>();
    Key from = range.start();
    while (from != null && (range.end() == null || from.compareTo(range.end()) < 0)) {
      GroupId group = locate(from);
      Key next = borders.higherKey(from);
      while (next != null && locate(next).equals(group)) {
        next = borders.higherKey(next);
      }
      boolean last = next == null || (range.end() != null && next.compareTo(range.end()) >= 0);
      parts.add(new Located(new KeyRange(from, last ? range.end() : next), group));
      from = last ? null : next;
    }
    return parts;
  }

  @Override
  public Leader leader(GroupId group) {
    return new Leader(new ServerId(group.value() + 1), 1);
  }

  @Override
  public List<ServerId> replicas(GroupId group) {
    return replicas.getOrDefault(group, List.of(leader(group).server()));
  }

  @Override
  public boolean near(ServerId server) {
    return !far.contains(server);
  }

  @Override
  public boolean votesAreFar(GroupId group) {
    return votesAreFar;
  }

  @Override
  public void learned(GroupId group, ServerId server, long epoch) {
    // it knows already
  }

  @Override
  public void failed(GroupId group, ServerId server, @Nullable ServerId hint) {
    // it knows nobody else
  }

  @Override
  public void directories(List<Directory> hints) {
    corrections++;
    for (Directory hint : hints) {
      borders.put(Protos.key(hint.getRange().getStart()), new GroupId(hint.getGroup()));
    }
  }
}
