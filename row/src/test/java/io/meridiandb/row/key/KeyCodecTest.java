package io.meridiandb.row.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.row.Gens;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlValues;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The order of encoded keys is the order of the rows, and keys are prefix-free but for
 * interleaving.
 */
class KeyCodecTest {
  private static final int PAIRS = 4_000;

  private static TableDescriptor single(SqlType type, boolean descending) {
    return Gens.table(2_000, null, List.of(new KeyPart(0, descending)), type);
  }

  @Test
  void theOrderOfKeysIsTheOrderOfValues() {
    Gens gens = new Gens(1);
    for (SqlType type : Gens.keyTypes()) {
      for (boolean descending : new boolean[] {false, true}) {
        KeyCodec codec = KeyCodec.of(single(type, descending));
        for (int i = 0; i < PAIRS; i++) {
          Object a = gens.value(type);
          Object b = gens.value(type);
          int wanted = Integer.signum(SqlValues.compare(a, b)) * (descending ? -1 : 1);
          Key left = codec.encode(new Object[] {a});
          Key right = codec.encode(new Object[] {b});
          assertThat(Integer.signum(left.compareTo(right)))
              .as("%s %s: %s and %s", type, descending, a, b)
              .isEqualTo(wanted);
          boolean prefix = wanted != 0 && (left.startsWith(right) || right.startsWith(left));
          assertThat(prefix).as("prefix: %s and %s of %s", a, b, type).isFalse();
        }
      }
    }
  }

  @Test
  void nullSortsLastRisingAndFirstFalling() {
    Gens gens = new Gens(2);
    for (SqlType type : Gens.keyTypes()) {
      for (int i = 0; i < 50; i++) {
        Object[] value = {gens.value(type)};
        Object[] none = {null};
        KeyCodec rising = KeyCodec.of(single(type, false));
        KeyCodec falling = KeyCodec.of(single(type, true));
        assertThat(rising.encode(none)).isGreaterThan(rising.encode(value));
        assertThat(falling.encode(none)).isLessThan(falling.encode(value));
        Object[] decoded = {0};
        assertThat(falling.decode(falling.encode(none), decoded)).isTrue();
        assertThat(decoded).containsExactly((Object) null);
      }
    }
  }

  @Test
  void keysAreReadBack() {
    Gens gens = new Gens(3);
    for (SqlType type : Gens.keyTypes()) {
      for (boolean descending : new boolean[] {false, true}) {
        KeyCodec codec = KeyCodec.of(single(type, descending));
        for (int i = 0; i < 500; i++) {
          Object value = gens.value(type);
          Object[] decoded = new Object[1];
          assertThat(codec.decode(codec.encode(new Object[] {value}), decoded)).isTrue();
          assertThat(SqlValues.compare(decoded[0], value)).as("%s of %s", value, type).isZero();
        }
      }
    }
  }

  @Test
  void numericWithAScaleKeepsIt() {
    KeyCodec codec = KeyCodec.of(single(SqlType.numeric(10, 2), false));
    Object[] decoded = new Object[1];
    codec.decode(codec.encode(new Object[] {new BigDecimal("7.50")}), decoded);
    assertThat(decoded[0]).isEqualTo(new BigDecimal("7.50"));
  }

  @Test
  void rowsOfSeveralPartsSortPartByPart() {
    Gens gens = new Gens(4);
    List<SqlType> types = Gens.keyTypes();
    for (int i = 0; i < PAIRS; i++) {
      SqlType first = types.get(gens.below(types.size()));
      SqlType second = types.get(gens.below(types.size()));
      boolean falling = gens.random().nextBoolean();
      TableDescriptor table =
          Gens.table(
              2_000, null, List.of(new KeyPart(1, false), new KeyPart(0, falling)), second, first);
      KeyCodec codec = KeyCodec.of(table);
      Object shared = gens.value(first);
      Object[] a = {gens.value(second), gens.below(2) == 0 ? shared : gens.value(first)};
      Object[] b = {gens.value(second), shared};
      int wanted = SqlValues.compare(a[1], b[1]);
      if (wanted == 0) {
        wanted = SqlValues.compare(a[0], b[0]) * (falling ? -1 : 1);
      }
      assertThat(Integer.signum(codec.encode(a).compareTo(codec.encode(b))))
          .as("%s %s %s", table, Arrays.toString(a), Arrays.toString(b))
          .isEqualTo(Integer.signum(wanted));
    }
  }

  // Interleaving

  private final TableDescriptor parent =
      Gens.table(
          1_001,
          null,
          List.of(new KeyPart(0, false), new KeyPart(1, true)),
          SqlType.TEXT,
          SqlType.BIGINT,
          SqlType.TEXT);
  private final TableDescriptor child =
      Gens.table(
          1_002,
          parent,
          List.of(new KeyPart(1, false), new KeyPart(2, true), new KeyPart(0, false)),
          SqlType.INTEGER,
          SqlType.TEXT,
          SqlType.BIGINT);
  private final TableDescriptor twin =
      Gens.table(
          1_003,
          child,
          List.of(new KeyPart(1, false), new KeyPart(2, true), new KeyPart(0, false)),
          SqlType.INTEGER,
          SqlType.TEXT,
          SqlType.BIGINT);

  @Test
  void aRowIsFollowedByTheRowsInterleavedInIt() {
    KeyCodec parents = KeyCodec.of(parent);
    KeyCodec children = KeyCodec.of(child);
    KeyCodec twins = KeyCodec.of(twin);
    Key parentKey = parents.encode(new Object[] {"x", 7L, "rest"});
    Key childKey = children.encode(new Object[] {5L, "x", 7L});
    Key twinKey = twins.encode(new Object[] {5L, "x", 7L});
    assertThat(childKey.startsWith(parentKey)).isTrue();
    assertThat(twinKey.startsWith(childKey)).isTrue();
    assertThat(List.of(twinKey, parentKey, childKey).stream().sorted())
        .containsExactly(parentKey, childKey, twinKey);
    // (x, 7) comes before (x, 6): the second part falls.
    assertThat(parents.encode(new Object[] {"x", 6L, null})).isGreaterThan(twinKey);
    assertThat(children.encodeParent(new Object[] {5L, "x", 7L})).isEqualTo(parentKey);
    assertThat(twins.encodeParent(new Object[] {5L, "x", 7L})).isEqualTo(childKey);
  }

  @Test
  void aKeyBelongsToOneTable() {
    List<KeyCodec> codecs = List.of(KeyCodec.of(parent), KeyCodec.of(child), KeyCodec.of(twin));
    Object[] parentRow = {"x", 7L, ""};
    Object[] childRow = {5L, "x", 7L};
    List<Key> keys =
        List.of(
            codecs.get(0).encode(parentRow),
            codecs.get(1).encode(childRow),
            codecs.get(2).encode(childRow));
    for (int i = 0; i < codecs.size(); i++) {
      for (int j = 0; j < keys.size(); j++) {
        assertThat(codecs.get(i).owns(keys.get(j))).as("%d of %d", j, i).isEqualTo(i == j);
        assertThat(codecs.get(i).decode(keys.get(j), new Object[3])).isEqualTo(i == j);
      }
    }
    Object[] row = new Object[3];
    assertThat(codecs.get(1).decode(keys.get(1), row)).isTrue();
    assertThat(row).containsExactly(5L, "x", 7L);
    TableDescriptor other = Gens.table(1_009, null, List.of(new KeyPart(0, false)), SqlType.TEXT);
    assertThat(KeyCodec.of(other).owns(keys.get(0))).isFalse();
  }

  @Test
  void prefixesAndRangesHoldExactlyTheirRows() {
    Gens gens = new Gens(5);
    KeyCodec codec = KeyCodec.of(child);
    TreeMap<Key, Object[]> rows = new TreeMap<>();
    for (long text = 0; text < 4; text++) {
      for (long number = -3; number < 3; number++) {
        for (long last = -2; last < 2; last++) {
          Object[] row = {last, "t" + text, number};
          rows.put(codec.encode(row), row);
        }
      }
    }
    for (int i = 0; i < 500; i++) {
      String text = "t" + gens.below(4);
      long low = gens.below(9) - 4;
      long high = gens.below(9) - 4;
      boolean lowIn = gens.random().nextBoolean();
      boolean highIn = gens.random().nextBoolean();
      boolean hasLow = gens.random().nextBoolean();
      boolean hasHigh = gens.random().nextBoolean();
      KeyRange range =
          codec.range(
              List.of(text),
              hasLow ? new KeyCodec.Bound(low, lowIn) : null,
              hasHigh ? new KeyCodec.Bound(high, highIn) : null);
      List<Object[]> found = new ArrayList<>();
      rows.forEach((key, row) -> {
        if (range.contains(key)) {
          found.add(row);
        }
      });
      List<Object[]> wanted =
          rows.values().stream()
              .filter(row -> row[1].equals(text))
              .filter(row -> !hasLow || (lowIn ? (long) row[2] >= low : (long) row[2] > low))
              .filter(row -> !hasHigh || (highIn ? (long) row[2] <= high : (long) row[2] < high))
              .toList();
      assertThat(found).isEqualTo(wanted);
    }
  }

  @Test
  void aChildsPrefixLeavesTheParentOut() {
    KeyCodec children = KeyCodec.of(child);
    Key parentKey = KeyCodec.of(parent).encode(new Object[] {"x", 7L, ""});
    KeyRange range = children.prefixRange(List.of("x", 7L));
    assertThat(range.contains(parentKey)).isFalse();
    assertThat(range.contains(children.encode(new Object[] {1L, "x", 7L}))).isTrue();
    assertThat(children.prefixRange(List.of("x")).contains(parentKey)).isTrue();
  }

  // Limits and damage

  @Test
  void aKeyOfMoreThan8KiBIsRefused() {
    KeyCodec codec = KeyCodec.of(single(SqlType.TEXT, false));
    int head = codec.encode(new Object[] {""}).length();
    String longest = "x".repeat(Key.BYTES_MAX - head);
    assertThat(codec.encode(new Object[] {longest}).length()).isEqualTo(Key.BYTES_MAX);
    assertThatThrownBy(() -> codec.encode(new Object[] {longest + "x"}))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.PROGRAM_LIMIT_EXCEEDED))
        .hasMessageContaining("8192 bytes");
  }

  @Test
  void halfASurrogatePairIsRefused() {
    KeyCodec codec = KeyCodec.of(single(SqlType.TEXT, false));
    for (String broken : List.of("\ud800", "a\udc00", "\ud800x")) {
      assertThatThrownBy(() -> codec.encode(new Object[] {broken}))
          .isInstanceOfSatisfying(
              MeridianException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_BYTE_SEQUENCE));
    }
  }

  @Test
  void aKeyThatEndsTooEarlyIsDamaged() {
    Gens gens = new Gens(6);
    for (SqlType type : Gens.keyTypes()) {
      KeyCodec codec = KeyCodec.of(single(type, false));
      int head = codec.prefix(List.of()).length();
      for (int i = 0; i < 50; i++) {
        byte[] whole = codec.encode(new Object[] {gens.value(type)}).bytes();
        for (int length = head; length < whole.length; length++) {
          Key cut = Key.of(Arrays.copyOf(whole, length));
          assertThatThrownBy(() -> codec.decode(cut, new Object[1]))
              .isInstanceOfSatisfying(
                  MeridianException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_CORRUPTED));
        }
      }
    }
  }

  @Test
  void systemTablesComeBeforeAllOthers() {
    Key user = KeyCodec.of(single(SqlType.BIGINT, false)).prefix(List.of(0L));
    assertThat(SystemKeys.SCHEMA_VERSION.bytes()[0]).isZero();
    assertThat(user.bytes()[0]).isEqualTo((byte) 1);
    assertThat(SystemKeys.OBJECTS.contains(SystemKeys.object(5_000))).isTrue();
    assertThat(SystemKeys.OBJECTS.contains(SystemKeys.counter("objects"))).isFalse();
    assertThat(KeyCodec.of(SystemTables.SCHEMA_VERSION).owns(SystemKeys.SCHEMA_VERSION)).isTrue();
  }

  @Test
  void theBytesAreAsDocumented() {
    TableDescriptor table =
        Gens.table(
            1_000,
            null,
            List.of(new KeyPart(0, false), new KeyPart(1, true)),
            SqlType.TEXT,
            SqlType.NUMERIC);
    Key key = KeyCodec.of(table).encode(new Object[] {"a\0", new BigDecimal("-12.5")});
    assertThat(key.toString())
        .isEqualTo(
            "01" // rows
                + "8203e8" // table 1000
                + "80" // placement 0
                + "02"
                + "61"
                + "00ff"
                + "0001"
                // descending -12.5: marker, sign, then the twice complemented exponent and digits
                + "fd"
                + "fe"
                + "8102"
                + "1964");
  }
}
