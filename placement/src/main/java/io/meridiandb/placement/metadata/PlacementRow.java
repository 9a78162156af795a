package io.meridiandb.placement.metadata;

import io.meridiandb.placement.PlacementOptions;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A placement in METADATA; the default one has no row.
 *
 * @param id never reused
 * @param name as the user wrote it
 * @param options what replicas its groups have
 */
public record PlacementRow(long id, String name, PlacementOptions options) {
  /** All placements but the default one. */
  public static List<PlacementRow> all(Transaction transaction, LockMode lock) {
    return Rows.all(transaction, SystemTables.PLACEMENTS, lock).stream()
        .map(PlacementRow::of)
        .toList();
  }

  /**
   * A placement by name.
   *
   * @throws MeridianException UNDEFINED_OBJECT if there is none, or it is the default one
   */
  public static PlacementRow named(Transaction transaction, String name, LockMode lock) {
    return all(transaction, lock).stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new MeridianException(
                ErrorCode.UNDEFINED_OBJECT, "placement \"%s\" does not exist".formatted(name)));
  }

  private static PlacementRow of(@Nullable Object[] row) {
    String leader = Rows.text(row[2]);
    return new PlacementRow(
        Rows.number(row[0]),
        Rows.text(row[1]),
        new PlacementOptions(
            leader.isEmpty() ? null : leader,
            Rows.list(row[3]),
            Rows.list(row[4]),
            Rows.list(row[5]),
            PlacementOptions.Mode.valueOf(Rows.text(row[6]))));
  }

  /** Writes it. */
  public void put(Transaction transaction) {
    String leader = options.leader();
    Rows.put(
        transaction,
        SystemTables.PLACEMENTS,
        id,
        name,
        leader == null ? "" : leader,
        String.join(",", options.voters()),
        String.join(",", options.witnesses()),
        String.join(",", options.readOnly()),
        options.mode().name());
  }

  /** Deletes it. */
  public void delete(Transaction transaction) {
    Rows.delete(transaction, SystemTables.PLACEMENTS, id);
  }
}
