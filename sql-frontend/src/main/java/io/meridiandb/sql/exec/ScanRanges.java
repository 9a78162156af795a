package io.meridiandb.sql.exec;

import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.KeyRangeSpec.BoundSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The keys that a scan reads, once the values of its parameters are known. */
public final class ScanRanges {
  private final TableScan plan;
  private final KeyCodec codec;
  private final Function<Expr, @Nullable Object> values;

  private ScanRanges(TableScan plan, KeyCodec codec, Function<Expr, @Nullable Object> values) {
    this.plan = plan;
    this.codec = codec;
    this.values = values;
  }

  /**
   * Ranges, disjoint and in reading order; none if nothing can be found.
   *
   * @param codec of the scan's table
   * @param values of expressions without input columns
   */
  public static List<KeyRange> of(
      TableScan plan, KeyCodec codec, Function<Expr, @Nullable Object> values) {
    return new ScanRanges(plan, codec, values).all();
  }

  private List<KeyRange> all() {
    List<KeyRange> ranges = new ArrayList<>();
    List<Expr> names = plan.options().placements();
    List<@Nullable Object> placements = names == null ? null : new ArrayList<>();
    if (names != null && placements != null) {
      names.forEach(name -> placements.add(values.apply(name)));
    }
    for (KeyRangeSpec spec : plan.ranges()) {
      add(spec, placements, ranges);
    }
    ranges.removeIf(KeyRange::isEmpty);
    if (ranges.size() > 1) {
      ranges = PlacedRanges.merge(ranges);
    }
    return plan.options().reverse() ? ranges.reversed() : ranges;
  }

  private void add(
      KeyRangeSpec spec, @Nullable List<@Nullable Object> placements, List<KeyRange> ranges) {
    List<Object> equal = new ArrayList<>(spec.equal().size());
    for (Expr expr : spec.equal()) {
      Object value = values.apply(expr);
      if (value == null) {
        return; // equal to NULL is nothing
      }
      equal.add(value);
    }
    BoundSpec from = spec.lower();
    BoundSpec to = spec.upper();
    if (from == null && to == null) {
      ranges.addAll(PlacedRanges.equal(codec, equal, placements));
      return;
    }
    KeyCodec.Bound lower = bound(from);
    KeyCodec.Bound upper = bound(to);
    if ((from != null && lower == null) || (to != null && upper == null)) {
      return;
    }
    for (KeyCodec placed : PlacedRanges.codecs(codec, equal, placements)) {
      ranges.add(placed.range(equal, lower, upper));
    }
  }

  private KeyCodec.@Nullable Bound bound(@Nullable BoundSpec spec) {
    Object value = spec == null ? null : values.apply(spec.value());
    return spec == null || value == null ? null : new KeyCodec.Bound(value, spec.inclusive());
  }
}
