package io.meridiandb.row.scan;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.schema.TableDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tablet does with the rows of a key range before they travel: decode the rows of one table
 * (rows of tables interleaved in it are passed over), filter, project or partly aggregate, and stop
 * after a limit. All parameters are bound. It is evaluated where the rows are, or at the gateway
 * when a transaction's own buffered writes must be merged first.
 *
 * @param table whose rows are read; the input tuple of the expressions is its columns in order
 * @param filter rows for which it is not TRUE are dropped; null keeps all
 * @param output the values of each output tuple; with {@code aggregate} the group-by values
 * @param aggregate partial aggregates appended to each group's output values, or null
 * @param limit how many output tuples at most; 0 is without limit
 */
public record ScanProgram(
    TableDescriptor table,
    @Nullable Expr filter,
    List<Expr> output,
    @Nullable List<AggregateCall> aggregate,
    long limit) {
  public ScanProgram {
    output = List.copyOf(output);
    aggregate = aggregate == null ? null : List.copyOf(aggregate);
  }
}
