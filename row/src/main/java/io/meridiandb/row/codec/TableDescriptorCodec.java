package io.meridiandb.row.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.row.proto.ColumnProto;
import io.meridiandb.row.proto.KeyPartProto;
import io.meridiandb.row.proto.PlacementNameProto;
import io.meridiandb.row.proto.PlacementProto;
import io.meridiandb.row.proto.TableProto;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.Placement;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Descriptors of tables to protobuf ({@code row.proto}), for catalog rows and scan programs. */
public final class TableDescriptorCodec {
  private static final int FORMAT_PLACEMENT = 1;

  private TableDescriptorCodec() {}

  /** The bytes of a descriptor, those of its parents included. */
  public static byte[] toBytes(TableDescriptor table) {
    return encode(table).toByteArray();
  }

  /**
   * The descriptor of its bytes.
   *
   * @throws MeridianException DATA_CORRUPTED if they are none
   */
  public static TableDescriptor fromBytes(byte[] bytes) {
    try {
      return decode(TableProto.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new MeridianException(
          ErrorCode.DATA_CORRUPTED, "the description of a table is damaged", e);
    }
  }

  /** The message of a descriptor. */
  public static TableProto encode(TableDescriptor table) {
    TableProto.Builder out =
        TableProto.newBuilder()
            .setId(table.id())
            .setName(table.name())
            .setCascadeDelete(table.cascadeDelete());
    for (ColumnDescriptor column : table.columns()) {
      out.addColumns(encode(column));
    }
    for (KeyPart part : table.primaryKey()) {
      out.addPrimaryKey(
          KeyPartProto.newBuilder().setColumn(part.column()).setDescending(part.descending()));
    }
    if (table.parent() != null) {
      out.setParent(encode(table.parent()));
    }
    if (!table.placement().equals(Placement.DEFAULT)) {
      out.setFormat(FORMAT_PLACEMENT).setPlacement(encode(table.placement()));
    }
    return out.build();
  }

  private static PlacementProto encode(Placement placement) {
    PlacementProto.Builder out = PlacementProto.newBuilder();
    switch (placement) {
      case Placement.OfTable whole -> out.setKeyId(whole.keyId()).setId(whole.id());
      case Placement.ByRow byRow -> {
        out.setByRow(true).setColumn(byRow.column());
        byRow
            .ids()
            .forEach((name, id) ->
                out.addNames(PlacementNameProto.newBuilder().setName(name).setId(id)));
      }
    }
    return out.build();
  }

  private static ColumnProto encode(ColumnDescriptor column) {
    ColumnProto.Builder out =
        ColumnProto.newBuilder()
            .setId(column.id())
            .setName(column.name())
            .setType(ExprCodec.encode(column.type()))
            .setNullable(column.nullable());
    if (column.defaultValue() != null) {
      out.setDefaultValue(ExprCodec.encode(column.defaultValue()));
    }
    return out.build();
  }

  /**
   * The descriptor of a message.
   *
   * @throws MeridianException FEATURE_NOT_SUPPORTED if a newer version wrote it
   */
  public static TableDescriptor decode(TableProto proto) {
    if (proto.getFormat() > FORMAT_PLACEMENT) {
      throw new MeridianException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "the description of table \"%s\" has format %d, this server reads up to %d"
              .formatted(proto.getName(), proto.getFormat(), FORMAT_PLACEMENT),
          "Start a newer version of the server.",
          0,
          null);
    }
    return new TableDescriptor(
        proto.getId(),
        proto.getName(),
        proto.getColumnsList().stream().map(TableDescriptorCodec::decode).toList(),
        proto.getPrimaryKeyList().stream()
            .map(part -> new KeyPart(part.getColumn(), part.getDescending()))
            .toList(),
        proto.hasParent() ? decode(proto.getParent()) : null,
        proto.getCascadeDelete(),
        proto.hasPlacement() ? decode(proto.getPlacement()) : Placement.DEFAULT);
  }

  private static Placement decode(PlacementProto proto) {
    if (!proto.getByRow()) {
      return new Placement.OfTable(proto.getKeyId(), proto.getId());
    }
    SortedMap<String, Long> ids = new TreeMap<>();
    proto.getNamesList().forEach(name -> ids.put(name.getName(), name.getId()));
    return new Placement.ByRow(proto.getColumn(), ids);
  }

  private static ColumnDescriptor decode(ColumnProto proto) {
    return new ColumnDescriptor(
        proto.getId(),
        proto.getName(),
        ExprCodec.decode(proto.getType()),
        proto.getNullable(),
        proto.hasDefaultValue() ? ExprCodec.decode(proto.getDefaultValue()) : null);
  }
}
