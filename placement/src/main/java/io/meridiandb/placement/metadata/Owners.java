package io.meridiandb.placement.metadata;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Router.Located;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.proto.Directory;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who surely owns a range: the groups' own rows are read, with locks that hold every change off
 * until the transaction ends. The location proxy says where to begin; where it is wrong the groups
 * say where to ask on.
 */
public final class Owners {
  private static final int ROUNDS_MAX = 20;

  private final LocationProxy proxy;

  /** Finds owners, beginning where {@code proxy} says. */
  public Owners(LocationProxy proxy) {
    this.proxy = proxy;
  }

  /**
   * A piece of a range and its owner.
   *
   * @param owner the group whose own rows say so
   * @param row what it says; of id 0 and generation 0 where group 0 has no row
   * @param local all that the owner knows
   */
  public record Owned(GroupId owner, DirectoryRow row, LocalDirectories local) {}

  /**
   * The pieces of {@code range} in key order, each with its owner.
   *
   * @param lock SHARED or EXCLUSIVE on all rows of the groups that are asked
   * @throws MeridianException UNAVAILABLE if the groups do not agree: a move is being finished
   */
  public List<Owned> of(Transaction transaction, KeyRange range, LockMode lock) {
    Map<GroupId, LocalDirectories> read = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS_MAX; round++) {
      List<Owned> owned = new ArrayList<>();
      List<Directory> hints = new ArrayList<>();
      boolean known = true;
      for (Located piece : proxy.cut(range)) {
        LocalDirectories local =
            read.computeIfAbsent(
                piece.group(), group -> LocalDirectories.read(transaction, group, lock));
        for (DirectoryRow row : local.pieces(piece.range())) {
          boolean gap = row.generation() == 0;
          if (row.owner().equals(piece.group())) {
            owned.add(new Owned(piece.group(), row, local));
          } else if (!gap) {
            hints.add(row.hint());
          }
          known &= row.owner().equals(piece.group());
        }
      }
      if (known) {
        return owned;
      }
      List<Located> before = proxy.cut(range);
      proxy.directories(hints);
      if (before.equals(proxy.cut(range))) {
        break;
      }
    }
    throw new MeridianException(
        ErrorCode.UNAVAILABLE, "who owns the range %s is being changed".formatted(range));
  }
}
