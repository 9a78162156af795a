package io.meridiandb.row.scan;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.row.codec.ExprCodec;
import io.meridiandb.row.codec.TableDescriptorCodec;
import io.meridiandb.row.proto.AggregateProto;
import io.meridiandb.row.proto.ScanProgramProto;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;

/** Scan programs to protobuf ({@code row.proto}) and back. */
public final class ScanProgramCodec {
  private ScanProgramCodec() {}

  /** The bytes of a program. */
  public static byte[] toBytes(ScanProgram program) {
    return encode(program).toByteArray();
  }

  /**
   * The program of its bytes.
   *
   * @throws MeridianException DATA_CORRUPTED if they are none
   */
  public static ScanProgram fromBytes(byte[] bytes) {
    try {
      return decode(ScanProgramProto.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new MeridianException(ErrorCode.DATA_CORRUPTED, "a scan program is damaged", e);
    }
  }

  /** The message of a program. */
  public static ScanProgramProto encode(ScanProgram program) {
    ScanProgramProto.Builder out =
        ScanProgramProto.newBuilder()
            .setTable(TableDescriptorCodec.encode(program.table()))
            .setLimit(program.limit());
    if (program.filter() != null) {
      out.setFilter(ExprCodec.encode(program.filter()));
    }
    program.output().forEach(expr -> out.addOutput(ExprCodec.encode(expr)));
    if (program.aggregate() != null) {
      out.setAggregated(true);
      program.aggregate().forEach(call -> out.addAggregates(encode(call)));
    }
    return out.build();
  }

  private static AggregateProto encode(AggregateCall call) {
    AggregateProto.Builder out =
        AggregateProto.newBuilder()
            .setFunctionValue(call.function().ordinal())
            .setDistinct(call.distinct())
            .setType(ExprCodec.encode(call.type()));
    if (call.argument() != null) {
      out.setArgument(ExprCodec.encode(call.argument()));
    }
    if (call.separator() != null) {
      out.setSeparator(ExprCodec.encode(call.separator()));
    }
    return out.build();
  }

  /**
   * The program of a message.
   *
   * @throws MeridianException DATA_CORRUPTED if it names something unknown here
   */
  public static ScanProgram decode(ScanProgramProto proto) {
    return new ScanProgram(
        TableDescriptorCodec.decode(proto.getTable()),
        proto.hasFilter() ? ExprCodec.decode(proto.getFilter()) : null,
        proto.getOutputList().stream().map(ExprCodec::decode).toList(),
        proto.getAggregated()
            ? proto.getAggregatesList().stream().map(ScanProgramCodec::decode).toList()
            : null,
        proto.getLimit());
  }

  private static AggregateCall decode(AggregateProto proto) {
    AggregateCall.Function[] functions = AggregateCall.Function.values();
    int number = proto.getFunctionValue();
    if (number < 0 || number >= functions.length) {
      throw new MeridianException(
          ErrorCode.DATA_CORRUPTED, "aggregate " + number + " is unknown to this server");
    }
    return new AggregateCall(
        functions[number],
        proto.hasArgument() ? ExprCodec.decode(proto.getArgument()) : null,
        proto.getDistinct(),
        proto.hasSeparator() ? ExprCodec.decode(proto.getSeparator()) : null,
        ExprCodec.decode(proto.getType()));
  }
}
