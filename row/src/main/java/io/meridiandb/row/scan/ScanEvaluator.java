package io.meridiandb.row.scan;

import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.key.Key;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A scan program made ready: feed it the rows of a key range and it gives output tuples. Immutable
 * and callable from any thread; a {@link Run} belongs to one fiber or strand.
 */
public final class ScanEvaluator {
  /** So many partial groups are kept before they are given out and begun anew. */
  static final int GROUPS_MAX = 4_096;

  private final ScanProgram program;
  private final RowCodec codec;
  private final boolean[] wanted;
  private final @Nullable Evaluator filter;
  private final List<Evaluator> output;
  private final @Nullable List<AggregateState.Factory> aggregates;

  private ScanEvaluator(ScanProgram program) {
    this.program = program;
    this.codec = RowCodec.of(program.table());
    this.wanted = wanted(program);
    this.filter = program.filter() == null ? null : Evaluator.compile(program.filter());
    this.output = program.output().stream().map(Evaluator::compile).toList();
    this.aggregates =
        program.aggregate() == null
            ? null
            : program.aggregate().stream().map(AggregateState.Factory::of).toList();
  }

  private static boolean[] wanted(ScanProgram program) {
    BitSet columns = new BitSet();
    Exprs.markColumns(program.filter(), columns);
    program.output().forEach(expr -> Exprs.markColumns(expr, columns));
    if (program.aggregate() != null) {
      program.aggregate().forEach(call -> Exprs.markColumns(call.argument(), columns));
    }
    boolean[] wanted = new boolean[program.table().columns().size()];
    columns.stream().forEach(column -> wanted[column] = true);
    return wanted;
  }

  /**
   * The evaluator of a program.
   *
   * @param program without parameters: they are bound
   */
  public static ScanEvaluator of(ScanProgram program) {
    return new ScanEvaluator(program);
  }

  /** The program. */
  public ScanProgram program() {
    return program;
  }

  /**
   * Begins a run. Rows may be fed in several runs (say, one for each message): partial aggregates
   * are merged later anyway.
   *
   * @param limit how many output tuples at most; 0 is without limit
   */
  public Run start(long limit) {
    return new Run(limit);
  }

  /** Begins a run with the program's own limit. */
  public Run start() {
    return start(program.limit());
  }

  /** One pass over rows. */
  public final class Run {
    private final long limit;
    private final @Nullable Object[] row = new Object[wanted.length];
    private final @Nullable Groups groups = aggregates == null ? null : new Groups(aggregates);
    private List<@Nullable Object[]> tuples = new ArrayList<>();
    private long produced;

    private Run(long limit) {
      this.limit = limit;
    }

    /**
     * Feeds a row; one of another table (interleaved in this one or the other way round) is passed
     * over.
     *
     * @return false once the limit is reached: no further row is needed
     * @throws io.meridiandb.wire.MeridianException DATA_CORRUPTED, or an error of an expression
     */
    public boolean accept(Key key, byte[] value) {
      if (isFull()) {
        return false;
      }
      if (!codec.decode(key, value, wanted, row) || (filter != null && !filter.test(row))) {
        return true;
      }
      @Nullable Object[] tuple = new Object[output.size()];
      for (int i = 0; i < tuple.length; i++) {
        tuple[i] = output.get(i).eval(row);
      }
      if (groups != null) {
        for (AggregateState state : groups.group(tuple).states()) {
          state.add(row);
        }
        if (groups.size() >= GROUPS_MAX) {
          giveOutGroups(groups);
        }
        return true;
      }
      tuples.add(tuple);
      produced++;
      return !isFull();
    }

    private void giveOutGroups(Groups all) {
      all.all().forEach(group -> tuples.add(group.partials()));
      all.clear();
    }

    /** Whether the limit is reached. */
    public boolean isFull() {
      return limit > 0 && produced >= limit;
    }

    /** How many tuples wait to be taken. */
    public int pending() {
      return tuples.size();
    }

    /** Takes the tuples that are ready. */
    public List<@Nullable Object[]> take() {
      List<@Nullable Object[]> taken = tuples;
      tuples = new ArrayList<>();
      return taken;
    }

    /** Takes all that is left at the end of the rows, partial aggregates too. */
    public List<@Nullable Object[]> finish() {
      if (groups != null) {
        giveOutGroups(groups);
      }
      return take();
    }
  }
}
