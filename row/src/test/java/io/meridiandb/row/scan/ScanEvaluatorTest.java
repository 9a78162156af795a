package io.meridiandb.row.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.meridiandb.row.Gens;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.Exprs;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.scan.AggregateCall.Function;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a tablet does with rows: other tables passed over, filter, limit, aggregates in parts. */
class ScanEvaluatorTest {
  private static final Expr ID = new Expr.Column(0, SqlType.BIGINT);
  private static final Expr GROUP = new Expr.Column(1, SqlType.TEXT);
  private static final Expr AMOUNT = new Expr.Column(2, SqlType.BIGINT);

  private final TableDescriptor table =
      Gens.table(
          2_000,
          null,
          List.of(new KeyPart(0, false)),
          SqlType.BIGINT,
          SqlType.TEXT,
          SqlType.BIGINT);
  private final TableDescriptor child =
      Gens.table(
          2_001,
          table,
          List.of(new KeyPart(0, false), new KeyPart(1, false)),
          SqlType.BIGINT,
          SqlType.BIGINT);
  private final TreeMap<Key, byte[]> rows = new TreeMap<>();

  private void fill(int count) {
    RowCodec codec = RowCodec.of(table);
    RowCodec children = RowCodec.of(child);
    for (long i = 0; i < count; i++) {
      Object[] row = {i, i % 3 == 0 ? null : "g" + i % 3, i % 10 == 0 ? null : i};
      rows.put(codec.keys().encode(row), codec.encode(row));
      Object[] interleaved = {i, 1L};
      rows.put(children.keys().encode(interleaved), children.encode(interleaved));
    }
  }

  private List<Object[]> run(ScanProgram program) {
    byte[] bytes = ScanProgramCodec.toBytes(program);
    ScanProgram sent = ScanProgramCodec.fromBytes(bytes);
    assertThat(sent).isEqualTo(program);
    ScanEvaluator.Run run = ScanEvaluator.of(sent).start();
    List<Object[]> tuples = new ArrayList<>();
    for (Map.Entry<Key, byte[]> row : rows.entrySet()) {
      if (!run.accept(row.getKey(), row.getValue())) {
        break;
      }
    }
    tuples.addAll(run.finish());
    return tuples;
  }

  @Test
  void rowsOfInterleavedTablesArePassedOverAndTheLimitHolds() {
    fill(10);
    Expr filter = Exprs.predicate(ScalarFunction.GE, ID, Exprs.literal(4));
    List<Object[]> tuples = run(new ScanProgram(table, filter, List.of(AMOUNT, ID), null, 3));
    assertThat(tuples.toArray()).isEqualTo(new Object[][] {{4L, 4L}, {5L, 5L}, {6L, 6L}});
  }

  @Test
  void partsOfAggregatesMergeToTheWhole() {
    fill(3 * ScanEvaluator.GROUPS_MAX);
    List<AggregateCall> calls =
        List.of(
            new AggregateCall(Function.COUNT, null, false, SqlType.BIGINT),
            new AggregateCall(Function.COUNT, AMOUNT, false, SqlType.BIGINT),
            new AggregateCall(Function.SUM, AMOUNT, false, SqlType.NUMERIC),
            new AggregateCall(Function.MIN, AMOUNT, false, SqlType.BIGINT),
            new AggregateCall(Function.MAX, AMOUNT, false, SqlType.BIGINT));
    // By id first: so many groups that they are given out in between.
    List<Object[]> many = run(new ScanProgram(table, null, List.of(ID), calls, 0));
    assertThat(many).hasSize(3 * ScanEvaluator.GROUPS_MAX);
    List<Object[]> few = run(new ScanProgram(table, null, List.of(GROUP), calls, 0));
    assertThat(few).hasSize(3);
    List<AggregateState.Factory> factories =
        calls.stream().map(AggregateState.Factory::of).toList();
    Groups merged = new Groups(factories);
    for (Object[] part : many) {
      List<AggregateState> states = merged.group(new Object[0]).states();
      for (int i = 0; i < states.size(); i++) {
        states.get(i).merge(part[1 + i]);
      }
    }
    Groups direct = new Groups(factories);
    for (Object[] part : few) {
      List<AggregateState> states = direct.group(new Object[0]).states();
      for (int i = 0; i < states.size(); i++) {
        states.get(i).merge(part[1 + i]);
      }
    }
    Object[] total = merged.group(new Object[0]).results();
    assertThat(total).isEqualTo(direct.group(new Object[0]).results());
    long n = 3L * ScanEvaluator.GROUPS_MAX;
    long tens = (n - 1) / 10;
    BigDecimal sum = BigDecimal.valueOf(n * (n - 1) / 2 - 10 * tens * (tens + 1) / 2);
    assertThat(total).containsExactly(n, n - tens - 1, sum, 1L, n - 1);
  }

  private static Object aggregate(
      Function function, SqlType type, boolean distinct, Object... values) {
    Expr argument = new Expr.Column(0, type.kind().isInteger() ? SqlType.BIGINT : type);
    Expr separator = function == Function.STRING_AGG ? Exprs.literal(",") : null;
    AggregateState state =
        AggregateState.Factory.of(new AggregateCall(function, argument, distinct, separator, type))
            .create();
    Arrays.stream(values).forEach(value -> state.add(new Object[] {value}));
    return state.result();
  }

  @Test
  void aggregatesFollowPostgres() {
    assertThat(aggregate(Function.SUM, SqlType.BIGINT, false)).isNull();
    assertThat(aggregate(Function.COUNT, SqlType.BIGINT, false, 1L, null)).isEqualTo(1L);
    assertThat(aggregate(Function.COUNT, SqlType.BIGINT, true, 1L, 1L, null, 2L)).isEqualTo(2L);
    assertThat(aggregate(Function.SUM, SqlType.BIGINT, true, 5L, 5L)).isEqualTo(5L);
    assertThat(aggregate(Function.SUM, SqlType.NUMERIC, false, Long.MAX_VALUE, Long.MAX_VALUE))
        .isEqualTo(new BigDecimal("18446744073709551614"));
    assertThat(
            aggregate(
                Function.SUM,
                SqlType.NUMERIC,
                false,
                new BigDecimal("1.5"),
                new BigDecimal("2.25")))
        .isEqualTo(new BigDecimal("3.75"));
    assertThat(aggregate(Function.SUM, SqlType.DOUBLE, false, 0.5, null, 1.0)).isEqualTo(1.5);
    assertThat(aggregate(Function.MIN, SqlType.TEXT, false, "b", "Z", "a")).isEqualTo("Z");
    assertThat(aggregate(Function.BOOL_AND, SqlType.BOOLEAN, false, true, null, false))
        .isEqualTo(false);
    assertThat(aggregate(Function.BOOL_OR, SqlType.BOOLEAN, false, false, null)).isEqualTo(false);
    assertThat(aggregate(Function.STRING_AGG, SqlType.TEXT, false, "a", null, "", "c"))
        .isEqualTo("a,,c");
    assertThat(aggregate(Function.STRING_AGG, SqlType.TEXT, true, "a", "a", "b")).isEqualTo("a,b");
    assertThat(aggregate(Function.ANY_VALUE, SqlType.BIGINT, false, null, 3L, 4L)).isEqualTo(3L);
    assertThatThrownBy(() -> aggregate(Function.SUM, SqlType.BIGINT, false, Long.MAX_VALUE, 1L))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.NUMERIC_OUT_OF_RANGE));
    assertThatThrownBy(() -> aggregate(Function.SINGLE_VALUE, SqlType.BIGINT, false, 1L, null))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CARDINALITY_VIOLATION));
  }

  @Test
  void theCacheKeepsWhatCameLast() {
    ScanEvaluatorCache cache = new ScanEvaluatorCache(2);
    List<ByteString> programs = new ArrayList<>();
    for (long limit = 1; limit <= 3; limit++) {
      ScanProgram program = new ScanProgram(table, null, List.of(ID), null, limit);
      programs.add(ByteString.copyFrom(ScanProgramCodec.toBytes(program)));
    }
    ScanEvaluator first = cache.get(programs.get(0));
    ScanEvaluator second = cache.get(programs.get(1));
    assertThat(cache.get(programs.get(0))).isSameAs(first);
    cache.get(programs.get(2));
    assertThat(cache.get(programs.get(0))).isSameAs(first);
    assertThat(cache.get(programs.get(1))).isNotSameAs(second);
  }
}
