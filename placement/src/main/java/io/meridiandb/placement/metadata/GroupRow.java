package io.meridiandb.placement.metadata;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Paxos group in METADATA; group 0 has no row.
 *
 * @param id its number
 * @param placementId the placement that it belongs to
 * @param state how far it has come
 * @param members who has replicas; who shall have them, while it is CREATING or CHANGING
 */
public record GroupRow(GroupId id, long placementId, State state, ReplicaSet members) {
  /** How far a group has come. */
  public enum State {
    /** Not all members have it yet: the placement driver goes on telling them. */
    CREATING,
    /** All have it, but other members are wanted: the placement driver sees to it. */
    CHANGING,
    /** All members have it. */
    OPEN,
    /** Its placement was dropped; it owns nothing. */
    DROPPED
  }

  /** The same in another state. */
  public GroupRow in(State next) {
    return new GroupRow(id, placementId, next, members);
  }

  /** The same, to get other members. */
  public GroupRow changingTo(ReplicaSet target) {
    return new GroupRow(id, placementId, State.CHANGING, target);
  }

  /** All groups but number 0. */
  public static List<GroupRow> all(Transaction transaction, LockMode lock) {
    return Rows.all(transaction, SystemTables.GROUPS, lock).stream().map(GroupRow::of).toList();
  }

  /** One group; null if it has no row. */
  public static @Nullable GroupRow find(Transaction transaction, GroupId id, LockMode lock) {
    @Nullable Object @Nullable [] row =
        Rows.one(transaction, SystemTables.GROUPS, id.value(), lock);
    return row == null ? null : of(row);
  }

  private static GroupRow of(@Nullable Object[] row) {
    return new GroupRow(
        new GroupId(Rows.number(row[0])),
        Rows.number(row[1]),
        State.valueOf(Rows.text(row[2])),
        ReplicaSet.of(
            DirectoryRow.servers(Rows.text(row[3])),
            DirectoryRow.servers(Rows.text(row[4])),
            DirectoryRow.servers(Rows.text(row[5]))));
  }

  /** Writes it. */
  public void put(Transaction transaction) {
    Rows.put(
        transaction,
        SystemTables.GROUPS,
        id.value(),
        placementId,
        state.name(),
        DirectoryRow.text(members.full()),
        DirectoryRow.text(members.witnesses()),
        DirectoryRow.text(members.readOnly()));
  }
}
