package io.meridiandb.txn.gateway;

import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import java.util.List;

/**
 * A read of some key ranges through one scan program.
 *
 * @param ranges what to read, in the order in which the rows are wanted; disjoint
 * @param program what to do with the rows; its limit holds for all ranges together
 * @param lock what to lock; NONE in read-only transactions
 * @param reverse whether each range is read from its end (then {@code ranges} are in falling order)
 * @param schema the schema that the program was planned with
 */
public record ReadRequest(
    List<KeyRange> ranges,
    ScanProgram program,
    LockMode lock,
    boolean reverse,
    SchemaVersion schema) {
  public ReadRequest {
    ranges = List.copyOf(ranges);
  }
}
