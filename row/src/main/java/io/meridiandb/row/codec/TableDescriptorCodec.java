package io.meridiandb.row.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.row.proto.ColumnProto;
import io.meridiandb.row.proto.KeyPartProto;
import io.meridiandb.row.proto.TableProto;
import io.meridiandb.row.schema.ColumnDescriptor;
import io.meridiandb.row.schema.KeyPart;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;

/** Descriptors of tables to protobuf ({@code row.proto}), for catalog rows and scan programs. */
public final class TableDescriptorCodec {
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

  /** The descriptor of a message. */
  public static TableDescriptor decode(TableProto proto) {
    return new TableDescriptor(
        proto.getId(),
        proto.getName(),
        proto.getColumnsList().stream().map(TableDescriptorCodec::decode).toList(),
        proto.getPrimaryKeyList().stream()
            .map(part -> new KeyPart(part.getColumn(), part.getDescending()))
            .toList(),
        proto.hasParent() ? decode(proto.getParent()) : null,
        proto.getCascadeDelete());
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
