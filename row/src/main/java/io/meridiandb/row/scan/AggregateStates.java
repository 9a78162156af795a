package io.meridiandb.row.scan;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.expr.Evaluator;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.row.type.SqlValues;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The states of the aggregate functions. All but COUNT give NULL for no (non-NULL) rows. */
final class AggregateStates {
  private static final long ENTRY_BYTES = 64;

  private AggregateStates() {}

  static AggregateState.Factory factory(AggregateCall call) {
    Evaluator argument = call.argument() == null ? _ -> true : Evaluator.compile(call.argument());
    AggregateState.Factory factory = factory(call, argument);
    boolean duplicatesMatter =
        switch (call.function()) {
          case COUNT, SUM, STRING_AGG -> true;
          default -> false;
        };
    return call.distinct() && duplicatesMatter
        ? () -> new DistinctState(argument, factory.create())
        : factory;
  }

  private static AggregateState.Factory factory(AggregateCall call, Evaluator argument) {
    return switch (call.function()) {
      case COUNT -> () -> new CountState(argument);
      case SUM -> sum(call, argument);
      case MIN -> () -> new ExtremeState(argument, -1);
      case MAX -> () -> new ExtremeState(argument, 1);
      // FALSE is less than TRUE.
      case BOOL_AND -> () -> new ExtremeState(argument, -1);
      case BOOL_OR -> () -> new ExtremeState(argument, 1);
      case ANY_VALUE -> () -> new ExtremeState(argument, 0);
      case SINGLE_VALUE -> () -> new SingleValueState(argument);
      case STRING_AGG -> {
        Evaluator separator =
            call.separator() == null ? _ -> "" : Evaluator.compile(call.separator());
        yield () -> new StringState(argument, separator);
      }
    };
  }

  private static AggregateState.Factory sum(AggregateCall call, Evaluator argument) {
    Kind kind = call.type().kind();
    if (kind.isInteger()) {
      return () -> new IntegerSumState(argument);
    }
    if (kind.isFloat()) {
      return () -> new FloatSumState(argument, kind == Kind.REAL);
    }
    Invariants.check(kind == Kind.NUMERIC, "a sum is not of type %s", call.type());
    return () -> new NumericSumState(argument);
  }

  private static final class CountState implements AggregateState {
    private final Evaluator argument;
    private long count;

    CountState(Evaluator argument) {
      this.argument = argument;
    }

    @Override
    public long add(@Nullable Object[] tuple) {
      if (argument.eval(tuple) != null) {
        count++;
      }
      return 0;
    }

    @Override
    public void merge(@Nullable Object partial) {
      if (partial != null) {
        count += (Long) partial;
      }
    }

    @Override
    public Object partial() {
      return count;
    }

    @Override
    public Object result() {
      return count;
    }
  }

  /** States whose partial value is merged exactly as a further argument is added. */
  private abstract static class FoldState implements AggregateState {
    private final Evaluator argument;

    FoldState(Evaluator argument) {
      this.argument = argument;
    }

    @Override
    public long add(@Nullable Object[] tuple) {
      Object value = argument.eval(tuple);
      if (value != null) {
        fold(value);
      }
      return 0;
    }

    @Override
    public void merge(@Nullable Object partial) {
      if (partial != null) {
        fold(partial);
      }
    }

    @Override
    public @Nullable Object partial() {
      return result();
    }

    abstract void fold(Object value);
  }

  private static final class IntegerSumState extends FoldState {
    private boolean any;
    private long sum;

    IntegerSumState(Evaluator argument) {
      super(argument);
    }

    @Override
    void fold(Object value) {
      long next = (Long) value;
      long total = sum + next;
      if (((sum ^ total) & (next ^ total)) < 0) {
        throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "bigint out of range");
      }
      sum = total;
      any = true;
    }

    @Override
    public @Nullable Object result() {
      return any ? (Long) sum : null;
    }
  }

  private static final class FloatSumState extends FoldState {
    private final boolean real;
    private boolean any;
    private double sum;

    FloatSumState(Evaluator argument, boolean real) {
      super(argument);
      this.real = real;
    }

    @Override
    void fold(Object value) {
      double next = (Double) value;
      double total = sum + next;
      if (Double.isInfinite(total) && !Double.isInfinite(sum) && !Double.isInfinite(next)) {
        throw new MeridianException(ErrorCode.NUMERIC_OUT_OF_RANGE, "value out of range: overflow");
      }
      sum = total;
      any = true;
    }

    @Override
    public @Nullable Object partial() {
      return any ? (Double) sum : null;
    }

    @Override
    public @Nullable Object result() {
      return any ? (Double) (real ? (double) (float) sum : sum) : null;
    }
  }

  /** Sums integers in a long as far as that goes. */
  private static final class NumericSumState extends FoldState {
    private boolean any;
    private long small;
    private BigDecimal big = BigDecimal.ZERO;

    NumericSumState(Evaluator argument) {
      super(argument);
    }

    @Override
    void fold(Object value) {
      any = true;
      if (value instanceof Long next) {
        long total = small + next;
        if (((small ^ total) & (next ^ total)) < 0) {
          big = big.add(BigDecimal.valueOf(small));
          total = next;
        }
        small = total;
      } else {
        big = big.add((BigDecimal) value);
      }
    }

    @Override
    public @Nullable Object result() {
      return any ? big.add(BigDecimal.valueOf(small)) : null;
    }
  }

  /** The greatest (1) or least (-1) value, or the first (0). */
  private static final class ExtremeState extends FoldState {
    private final int sign;
    private @Nullable Object best;

    ExtremeState(Evaluator argument, int sign) {
      super(argument);
      this.sign = sign;
    }

    @Override
    void fold(Object value) {
      if (best == null || SqlValues.compare(value, best) * sign > 0) {
        best = value;
      }
    }

    @Override
    public @Nullable Object result() {
      return best;
    }
  }

  private static final class SingleValueState implements AggregateState {
    private final Evaluator argument;
    private boolean any;
    private @Nullable Object value;

    SingleValueState(Evaluator argument) {
      this.argument = argument;
    }

    @Override
    public long add(@Nullable Object[] tuple) {
      merge(argument.eval(tuple));
      return 0;
    }

    @Override
    public void merge(@Nullable Object partial) {
      if (any) {
        throw new MeridianException(
            ErrorCode.CARDINALITY_VIOLATION,
            "more than one row returned by a subquery used as an expression");
      }
      any = true;
      value = partial;
    }

    @Override
    public @Nullable Object partial() {
      return value;
    }

    @Override
    public @Nullable Object result() {
      return value;
    }
  }

  /** Never partial: the order of the rows is the gateway's. */
  private static final class StringState implements AggregateState {
    private final Evaluator argument;
    private final Evaluator separator;
    private @Nullable StringBuilder text;

    StringState(Evaluator argument, Evaluator separator) {
      this.argument = argument;
      this.separator = separator;
    }

    @Override
    public long add(@Nullable Object[] tuple) {
      String value = (String) argument.eval(tuple);
      if (value == null) {
        return 0;
      }
      int before = text == null ? 0 : text.length();
      if (text == null) {
        text = new StringBuilder();
      } else if (separator.eval(tuple) instanceof String between) {
        text.append(between);
      }
      text.append(value);
      return 2L * (text.length() - before);
    }

    @Override
    public void merge(@Nullable Object partial) {
      throw Invariants.unreachable("string_agg is not split into parts");
    }

    @Override
    public @Nullable Object partial() {
      throw Invariants.unreachable("string_agg is not split into parts");
    }

    @Override
    public @Nullable Object result() {
      return text == null ? null : text.toString();
    }
  }

  /** Lets each different argument through once; NULL arguments are ignored by what is behind. */
  private static final class DistinctState implements AggregateState {
    private final Evaluator argument;
    private final AggregateState behind;
    private final Set<Object> seen = new LinkedHashSet<>();

    DistinctState(Evaluator argument, AggregateState behind) {
      this.argument = argument;
      this.behind = behind;
    }

    @Override
    public long add(@Nullable Object[] tuple) {
      Object value = SqlValues.hashable(argument.eval(tuple));
      return value != null && seen.add(value) ? ENTRY_BYTES + behind.add(tuple) : 0;
    }

    @Override
    public void merge(@Nullable Object partial) {
      throw Invariants.unreachable("DISTINCT aggregates are not split into parts");
    }

    @Override
    public @Nullable Object partial() {
      throw Invariants.unreachable("DISTINCT aggregates are not split into parts");
    }

    @Override
    public @Nullable Object result() {
      return behind.result();
    }
  }
}
