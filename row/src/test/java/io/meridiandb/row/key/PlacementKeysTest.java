package io.meridiandb.row.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.row.Gens;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.codec.TableDescriptorCodec;
import io.meridiandb.row.proto.TableProto;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Keys carry the placement of their row (DESIGN 5). */
class PlacementKeysTest {
  private static final TreeMap<String, Long> TWO = new TreeMap<>(Map.of("eu", 7L, "us", 9L));

  /** (id BIGINT PRIMARY KEY, region TEXT PLACEMENT KEY, v TEXT). */
  private static final TableDescriptor BY_ROW =
      Gens.table(
              2_000,
              null,
              List.of(new KeyPart(0, false)),
              SqlType.BIGINT,
              SqlType.TEXT,
              SqlType.TEXT)
          .placed(new Placement.ByRow(1, TWO));

  /** The region stands in the key, so that rows can be interleaved. */
  private static final TableDescriptor IN_KEY =
      Gens.table(
              2_001,
              null,
              List.of(new KeyPart(1, false), new KeyPart(0, false)),
              SqlType.BIGINT,
              SqlType.TEXT)
          .placed(new Placement.ByRow(1, TWO));

  private static final TableDescriptor CHILD =
      Gens.table(
          2_002,
          IN_KEY,
          List.of(new KeyPart(2, false), new KeyPart(1, false), new KeyPart(0, false)),
          SqlType.INTEGER,
          SqlType.BIGINT,
          SqlType.TEXT);

  private static final TableDescriptor PLAIN =
      Gens.table(2_003, null, List.of(new KeyPart(0, false)), SqlType.BIGINT);

  /** A table that is placed as a whole has its placement's id behind the table's id. */
  @Test
  void keysCarryThePlacementOfTheirTable() {
    TableDescriptor placed = PLAIN.placed(new Placement.OfTable(5, 5));
    Key key = KeyCodec.of(placed).encode(new Object[] {1L});
    assertThat(key.toString()).startsWith("01" + "8207d3" + "8105");
    assertThat(KeyCodec.placementRange(placed, 5).contains(key)).isTrue();
    assertThat(KeyCodec.of(PLAIN).owns(key)).isFalse();
    assertThat(KeyCodec.of(PLAIN).encode(new Object[] {1L}).toString()).startsWith("018207d380");
  }

  /** A table that moves keeps its keys, and is the same to those who have planned with it. */
  @Test
  void movingATableKeepsItsKeys() {
    TableDescriptor before = PLAIN.placed(new Placement.OfTable(5, 5));
    TableDescriptor moved = PLAIN.placed(new Placement.OfTable(5, 6));
    assertThat(KeyCodec.of(moved).encode(new Object[] {1L}))
        .isEqualTo(KeyCodec.of(before).encode(new Object[] {1L}));
    assertThat(moved.sameRows(before)).isTrue();
    assertThat(moved.sameRows(PLAIN)).isFalse();
    assertThat(BY_ROW.sameRows(BY_ROW.placed(new Placement.ByRow(1, TWO).with("x", 11)))).isFalse();
  }

  /** A row is where its column says, and is read back from there. */
  @Test
  void eachRowLiesWhereItsColumnSays() {
    RowCodec codec = RowCodec.of(BY_ROW);
    Object[] eu = {1L, "eu", "a"};
    Object[] us = {1L, "us", "b"};
    Key inEu = codec.keys().encode(eu);
    Key inUs = codec.keys().encode(us);
    assertThat(KeyCodec.placementRange(BY_ROW, 7).contains(inEu)).isTrue();
    assertThat(KeyCodec.placementRange(BY_ROW, 9).contains(inUs)).isTrue();
    assertThat(codec.decode(inEu, codec.encode(eu))).containsExactly(eu);
    assertThat(codec.decode(inUs, codec.encode(us))).containsExactly(us);
    assertThat(codec.keys().perPlacement())
        .extracting(keys -> keys.prefix(List.of(1L)))
        .containsExactly(inEu, inUs);
    assertThat(codec.keys().in(9).range(List.of(), null, null).contains(inEu)).isFalse();
    assertThat(codec.keys().in(9).owns(inEu)).isFalse();
  }

  /** One primary key is one row: the keys that must be free beside it. */
  @Test
  void thePrimaryKeyIsUniqueOverAllPlacements() {
    KeyCodec keys = KeyCodec.of(BY_ROW);
    assertThat(keys.encodeElsewhere(new Object[] {1L, "eu", ""}))
        .containsExactly(keys.encode(new Object[] {1L, "us", ""}));
    assertThat(KeyCodec.of(IN_KEY).encodeElsewhere(new Object[] {1L, "eu"})).isEmpty();
    assertThat(KeyCodec.of(PLAIN).encodeElsewhere(new Object[] {1L})).isEmpty();
  }

  /** Rows interleaved in a row are where that row is. */
  @Test
  void interleavedRowsFollowTheirParent() {
    KeyCodec children = KeyCodec.of(CHILD);
    Object[] row = {3L, 1L, "us"};
    Key key = children.encode(row);
    Key parent = KeyCodec.of(IN_KEY).encode(new Object[] {1L, "us"});
    assertThat(children.encodeParent(row)).isEqualTo(parent);
    assertThat(key.startsWith(parent)).isTrue();
    Object[] decoded = new Object[3];
    assertThat(children.decode(key, decoded)).isTrue();
    assertThat(decoded).containsExactly(row);
    assertThat(CHILD.placementColumn()).isEqualTo(2);
  }

  /** A name that is no placement is told with those that are. */
  @Test
  void unknownPlacementsAreRefused() {
    assertThatThrownBy(() -> KeyCodec.of(BY_ROW).encode(new Object[] {1L, "mars", ""}))
        .isInstanceOfSatisfying(
            MeridianException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNDEFINED_OBJECT);
              assertThat(e.hint()).isEqualTo("Placements: eu, us.");
            });
    assertThat(KeyCodec.of(BY_ROW).placement("mars")).isNull();
  }

  /** Descriptors go through their codec; those of before placements read and write as ever. */
  @Test
  void descriptorsAreReadBack() {
    for (TableDescriptor table :
        List.of(BY_ROW, CHILD, PLAIN, PLAIN.placed(new Placement.OfTable(5, 6)))) {
      assertThat(TableDescriptorCodec.fromBytes(TableDescriptorCodec.toBytes(table)))
          .isEqualTo(table);
    }
    assertThat(TableDescriptorCodec.encode(PLAIN).hasPlacement()).isFalse();
    assertThat(TableDescriptorCodec.encode(PLAIN).getFormat()).isZero();
    TableProto newer = TableDescriptorCodec.encode(PLAIN).toBuilder().setFormat(99).build();
    assertThatThrownBy(() -> TableDescriptorCodec.decode(newer)).hasMessageContaining("format 99");
  }
}
