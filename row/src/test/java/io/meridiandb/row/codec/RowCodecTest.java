package io.meridiandb.row.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.row.Gens;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows come back exactly as they were, old rows fit newer tables, damaged bytes are refused. */
class RowCodecTest {
  private static final SqlType[] TYPES = {
    SqlType.NUMERIC,
    SqlType.DOUBLE,
    SqlType.BOOLEAN,
    SqlType.SMALLINT,
    SqlType.INTEGER,
    SqlType.BIGINT,
    SqlType.REAL,
    SqlType.DOUBLE,
    SqlType.NUMERIC,
    SqlType.TEXT,
    SqlType.BYTEA,
    SqlType.DATE,
    SqlType.TIME,
    SqlType.TIMESTAMP,
    SqlType.TIMESTAMPTZ,
    SqlType.UUID,
    SqlType.JSONB
  };
  private static final TableDescriptor ALL_TYPES =
      Gens.table(2_000, null, List.of(new KeyPart(0, false), new KeyPart(1, true)), TYPES);

  private static Object[] randomRow(Gens gens) {
    Object[] row = new Object[TYPES.length];
    for (int i = 0; i < row.length; i++) {
      row[i] = i > 1 && gens.below(5) == 0 ? null : gens.value(TYPES[i]);
    }
    return row;
  }

  @Test
  void rowsComeBackExactlyEvenWhatKeysLose() {
    Gens gens = new Gens(1);
    RowCodec codec = RowCodec.of(ALL_TYPES);
    for (int i = 0; i < 3_000; i++) {
      Object[] row = randomRow(gens);
      Object[] decoded = codec.decode(codec.keys().encode(row), codec.encode(row));
      // Scales and negative zeros too: deep equality, not SQL's. Every NaN is the same one.
      assertThat(Arrays.deepEquals(decoded, row)).as("%s", Arrays.deepToString(row)).isTrue();
    }
  }

  @Test
  void onlyWantedColumnsAreRead() {
    RowCodec codec = RowCodec.of(ALL_TYPES);
    Object[] row = randomRow(new Gens(2));
    row[9] = "wanted";
    row[10] = new byte[] {1};
    boolean[] wanted = new boolean[TYPES.length];
    wanted[9] = true;
    Object[] decoded = new Object[TYPES.length];
    assertThat(codec.decode(codec.keys().encode(row), codec.encode(row), wanted, decoded)).isTrue();
    assertThat(decoded[9]).isEqualTo("wanted");
    assertThat(decoded[10]).isNull();
  }

  @Test
  void anyFlippedBitIsFound() {
    Gens gens = new Gens(3);
    RowCodec codec = RowCodec.of(ALL_TYPES);
    for (int i = 0; i < 20; i++) {
      Object[] row = randomRow(gens);
      Key key = codec.keys().encode(row);
      byte[] bytes = codec.encode(row);
      for (int bit = 0; bit < bytes.length * 8; bit++) {
        byte[] damaged = bytes.clone();
        damaged[bit / 8] ^= (byte) (1 << bit % 8);
        assertDamaged(() -> codec.decode(key, damaged));
      }
      for (int length = 0; length < bytes.length; length++) {
        byte[] cut = Arrays.copyOf(bytes, length);
        assertDamaged(() -> codec.decode(key, cut));
      }
    }
  }

  private static void assertDamaged(org.assertj.core.api.ThrowableAssert.ThrowingCallable code) {
    assertThatThrownBy(code)
        .isInstanceOfSatisfying(
            MeridianException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
  }

  private static TableDescriptor table(ColumnDescriptor... columns) {
    return new TableDescriptor(
        2_000, "t", List.of(columns), List.of(new KeyPart(0, false)), null, false);
  }

  @Test
  void addedColumnsReadAsTheirDefaultAndDroppedOnesAreSkipped() {
    ColumnDescriptor id = new ColumnDescriptor(1, "id", SqlType.BIGINT, false, null);
    ColumnDescriptor old = new ColumnDescriptor(2, "old", SqlType.TEXT, true, null);
    ColumnDescriptor kept = new ColumnDescriptor(3, "kept", SqlType.TEXT, true, null);
    Expr seven = new Expr.Literal(7L, SqlType.BIGINT);
    ColumnDescriptor added = new ColumnDescriptor(4, "added", SqlType.BIGINT, true, seven);
    ColumnDescriptor bare = new ColumnDescriptor(5, "bare", SqlType.BIGINT, true, null);
    RowCodec before = RowCodec.of(table(id, old, kept));
    RowCodec after = RowCodec.of(table(id, added, kept, bare));
    Object[] row = {1L, "gone", "here"};
    Object[] decoded = after.decode(before.keys().encode(row), before.encode(row));
    assertThat(decoded).containsExactly(1L, 7L, "here", null);
    // A NULL that was written stays NULL, though the column has a default.
    Object[] written = {1L, null, "here", null};
    assertThat(after.decode(after.keys().encode(written), after.encode(written)))
        .containsExactly(1L, null, "here", null);
  }

  @Test
  void aRowOfMoreThan10MiBIsRefused() {
    TableDescriptor table =
        table(
            new ColumnDescriptor(1, "id", SqlType.BIGINT, false, null),
            new ColumnDescriptor(2, "a", SqlType.BYTEA, true, null));
    RowCodec codec = RowCodec.of(table);
    int overhead = codec.encode(new Object[] {1L, new byte[1 << 20]}).length - (1 << 20) - 4;
    byte[] most = new byte[RowCodec.BYTES_MAX - overhead - 1];
    assertThat(codec.encode(new Object[] {1L, most}).length).isLessThan(RowCodec.BYTES_MAX + 8);
    assertThatThrownBy(() -> codec.encode(new Object[] {1L, new byte[RowCodec.BYTES_MAX]}))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PROGRAM_LIMIT_EXCEEDED))
        .hasMessageContaining("table \"t\"");
  }

  @Test
  void tuplesComeBack() {
    Gens gens = new Gens(4);
    for (int i = 0; i < 200; i++) {
      List<Object[]> tuples = new ArrayList<>();
      for (int j = gens.below(5); j > 0; j--) {
        tuples.add(randomRow(gens));
      }
      List<Object[]> decoded = new ArrayList<>(TupleCodec.decode(TupleCodec.encode(tuples)));
      assertThat(Arrays.deepEquals(decoded.toArray(), tuples.toArray())).isTrue();
    }
    assertThat(TupleCodec.decode(TupleCodec.encode(List.of(new Object[0], new Object[0]))))
        .hasSize(2);
  }

  @Test
  void bytesThatAreNoTuplesGiveDataCorruptedAndNothingElse() {
    Gens gens = new Gens(5);
    byte[] bytes = TupleCodec.encode(List.of(randomRow(gens), randomRow(gens)));
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = bytes.clone();
      for (int j = 1 + gens.below(3); j > 0; j--) {
        damaged[gens.below(damaged.length)] = (byte) gens.below(256);
      }
      byte[] input =
          gens.below(4) == 0 ? Arrays.copyOf(damaged, gens.below(damaged.length)) : damaged;
      try {
        TupleCodec.decode(input);
      } catch (MeridianException e) {
        assertThat(e.code()).isIn(ErrorCode.DATA_CORRUPTED, ErrorCode.DATETIME_OVERFLOW);
      }
    }
  }

  @Test
  void tablesAndTheSchemaVersionComeBack() {
    TableDescriptor child =
        Gens.table(
            2_001,
            ALL_TYPES,
            List.of(new KeyPart(0, false), new KeyPart(1, true), new KeyPart(2, false)),
            TYPES);
    TableDescriptor decoded = TableDescriptorCodec.fromBytes(TableDescriptorCodec.toBytes(child));
    assertThat(decoded).isEqualTo(child);
    Expr expr = new Expr.Literal(new BigDecimal("1.50"), SqlType.numeric(5, 2));
    assertThat(ExprCodec.decode(ExprCodec.encode(expr))).isEqualTo(expr);
    assertThat(SystemRows.schemaVersion(SystemRows.encode(new SchemaVersion(41))))
        .isEqualTo(new SchemaVersion(41));
  }
}
