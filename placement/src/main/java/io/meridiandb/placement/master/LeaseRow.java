package io.meridiandb.placement.master;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.metadata.Rows;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is master of something, and until when: a row of {@link SystemTables#LEASES}.
 *
 * @param name of what
 * @param server who
 * @param incarnation of that server's start
 * @param epoch grows with each change of the master
 * @param until when absolute time has passed it, anybody may be elected
 */
public record LeaseRow(
    String name, ServerId server, long incarnation, long epoch, Timestamp until) {
  /** The lease of the placement driver. */
  public static final String PLACEMENT_DRIVER = "placement-driver";

  /** The lease of the universemaster. */
  public static final String UNIVERSEMASTER = "universemaster";

  /** The lease of a zone's master. */
  public static String zonemaster(String zone) {
    return "zonemaster " + zone;
  }

  /** All leases by name. */
  public static List<LeaseRow> all(Transaction transaction, LockMode lock) {
    return Rows.all(transaction, SystemTables.LEASES, lock).stream().map(LeaseRow::of).toList();
  }

  /** One lease; null if nobody ever had it. */
  public static @Nullable LeaseRow find(Transaction transaction, String name, LockMode lock) {
    @Nullable Object @Nullable [] row = Rows.one(transaction, SystemTables.LEASES, name, lock);
    return row == null ? null : of(row);
  }

  private static LeaseRow of(@Nullable Object[] row) {
    return new LeaseRow(
        String.valueOf(row[0]),
        new ServerId(Rows.number(row[1])),
        Rows.number(row[2]),
        Rows.number(row[3]),
        new Timestamp(Rows.number(row[4])));
  }

  /** Writes it. */
  public void put(Transaction transaction) {
    Rows.put(
        transaction, SystemTables.LEASES, name, server.value(), incarnation, epoch, until.nanos());
  }
}
