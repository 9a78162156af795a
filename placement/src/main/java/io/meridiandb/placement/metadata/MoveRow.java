package io.meridiandb.placement.metadata;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A move of a directory in METADATA: the job that the placement driver finishes if whoever began it
 * dies.
 *
 * @param info what people see of it
 * @param placementId the placement that the directory belongs to afterwards
 * @param driver who works at it: a server and its incarnation
 */
public record MoveRow(MoveInfo info, long placementId, String driver) {
  /** The state of a move that somebody works at. */
  public static final String MOVING = "MOVING";

  /** The state of a move that has ended well. */
  public static final String DONE = "DONE";

  /** What the state of a move that did not succeed begins with. */
  public static final String GIVEN_UP = "GIVEN UP: ";

  /** Whether somebody has to work at it. */
  public boolean moving() {
    return info.state().equals(MOVING);
  }

  /** The same, ended. */
  public MoveRow ended(String state, MoveReport report) {
    return new MoveRow(
        new MoveInfo(
            info.id(),
            info.directory(),
            info.range(),
            info.source(),
            info.destination(),
            state,
            report,
            info.started()),
        placementId,
        driver);
  }

  /** The same, in other hands. */
  public MoveRow by(String other) {
    return new MoveRow(info, placementId, other);
  }

  /** All moves by rising number. */
  public static List<MoveRow> all(Transaction transaction, LockMode lock) {
    return Rows.all(transaction, SystemTables.MOVES, lock).stream().map(MoveRow::of).toList();
  }

  /** One move; null if it has no row any more. */
  public static @Nullable MoveRow find(Transaction transaction, long id, LockMode lock) {
    @Nullable Object @Nullable [] row = Rows.one(transaction, SystemTables.MOVES, id, lock);
    return row == null ? null : of(row);
  }

  private static MoveRow of(@Nullable Object[] row) {
    Key start = row[2] instanceof byte[] bytes ? Key.of(bytes) : Key.MIN;
    Key end = row[3] instanceof byte[] bytes ? Key.of(bytes) : null;
    MoveReport report =
        new MoveReport(
            Rows.number(row[8]),
            Rows.number(row[9]),
            Rows.number(row[10]),
            (int) Rows.number(row[11]));
    return new MoveRow(
        new MoveInfo(
            Rows.number(row[0]),
            Rows.number(row[1]),
            new KeyRange(start, end),
            new GroupId(Rows.number(row[4])),
            new GroupId(Rows.number(row[5])),
            Rows.text(row[7]),
            report,
            new Timestamp(Rows.number(row[12]))),
        Rows.number(row[6]),
        Rows.text(row[13]));
  }

  /** Writes it. */
  public void put(Transaction transaction) {
    Key end = info.range().end();
    Rows.put(
        transaction,
        SystemTables.MOVES,
        info.id(),
        info.directory(),
        info.range().start().bytes(),
        end == null ? null : end.bytes(),
        info.source().value(),
        info.destination().value(),
        placementId,
        info.state(),
        info.report().rows(),
        info.report().bytes(),
        info.report().blockedMicros(),
        (long) info.report().rounds(),
        info.started().nanos(),
        driver);
  }

  /** Deletes it. */
  public void delete(Transaction transaction) {
    Rows.delete(transaction, SystemTables.MOVES, info.id());
  }
}
