package io.meridiandb.row.codec;

import com.google.protobuf.ByteString;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.expr.ScalarFunction;
import io.meridiandb.row.proto.ExprProto;
import io.meridiandb.row.proto.TypeProto;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Types and expressions to protobuf ({@code row.proto}) and back. */
public final class ExprCodec {
  private ExprCodec() {}

  /** The message of an expression. */
  public static ExprProto encode(Expr expr) {
    ExprProto.Builder out = ExprProto.newBuilder().setType(encode(expr.type()));
    switch (expr) {
      case Expr.Literal literal -> {
        List<@Nullable Object[]> one = Collections.singletonList(new Object[] {literal.value()});
        out.setLiteral(ByteString.copyFrom(TupleCodec.encode(one)));
      }
      case Expr.Column column -> out.setColumn(column.index());
      case Expr.Parameter parameter -> out.setParameter(parameter.index());
      case Expr.Call call -> {
        out.setFunction(call.function().number());
        call.arguments().forEach(argument -> out.addArguments(encode(argument)));
      }
    }
    return out.build();
  }

  /**
   * The expression of a message.
   *
   * @throws MeridianException DATA_CORRUPTED if a function or type is unknown here (the other side
   *     is newer) or the message is no expression
   */
  public static Expr decode(ExprProto proto) {
    SqlType type = decode(proto.getType());
    return switch (proto.getNodeCase()) {
      case LITERAL ->
          new Expr.Literal(TupleCodec.decode(proto.getLiteral().toByteArray()).getFirst()[0], type);
      case COLUMN -> new Expr.Column(proto.getColumn(), type);
      case PARAMETER -> new Expr.Parameter(proto.getParameter(), type);
      case FUNCTION ->
          new Expr.Call(
              function(proto.getFunction()),
              proto.getArgumentsList().stream().map(ExprCodec::decode).toList(),
              type);
      case NODE_NOT_SET -> throw corrupted("an expression has no content", null);
    };
  }

  private static ScalarFunction function(int number) {
    try {
      return ScalarFunction.ofNumber(number);
    } catch (IllegalArgumentException e) {
      throw corrupted("function " + number + " is unknown to this server", e);
    }
  }

  /** The message of a type. */
  public static TypeProto encode(SqlType type) {
    return TypeProto.newBuilder()
        .setKind(type.kind().number())
        .setPrecision(type.precision())
        .setScale(type.scale())
        .build();
  }

  /**
   * The type of a message.
   *
   * @throws MeridianException DATA_CORRUPTED if it is unknown here
   */
  public static SqlType decode(TypeProto proto) {
    try {
      return new SqlType(
          SqlType.Kind.ofNumber(proto.getKind()), proto.getPrecision(), proto.getScale());
    } catch (IllegalArgumentException e) {
      throw corrupted("type " + proto.getKind() + " is unknown to this server", e);
    }
  }

  private static MeridianException corrupted(String message, @Nullable Throwable cause) {
    return new MeridianException(ErrorCode.DATA_CORRUPTED, message, cause);
  }
}
