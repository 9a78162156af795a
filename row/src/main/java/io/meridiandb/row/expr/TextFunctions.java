package io.meridiandb.row.expr;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.row.type.SqlType.Kind;
import io.meridiandb.row.type.SqlValues;
import io.meridiandb.wire.MeridianException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Functions of text and bytes: which of {@link Texts} a call is, and how it is fed. */
final class TextFunctions {
  private static final String DEFAULT_ESCAPE = "\\";
  private static final String SPACE = " ";

  private TextFunctions() {}

  static Evaluator compile(Expr.Call call, Evaluator[] args) {
    return switch (call.function()) {
      case LIKE, ILIKE -> like(call, args);
      case CONCAT -> concat(call, args);
      case CONCAT_ANY -> concatAny(call.arguments(), args);
      case CONCAT_WS -> concatWithSeparator(call.arguments(), args);
      case LENGTH -> Strict.unary(args[0], TextFunctions::length);
      case OCTET_LENGTH -> Strict.unary(args[0], TextFunctions::octetLength);
      case LOWER, UPPER, INITCAP, REVERSE, MD5, ASCII, CHR -> unary(call.function(), args[0]);
      default -> Strict.variadic(args, values -> apply(call.function(), values));
    };
  }

  private static Evaluator unary(ScalarFunction function, Evaluator argument) {
    return switch (function) {
      case LOWER ->
          Strict.unary(argument, text -> Texts.mapPoints((String) text, Character::toLowerCase));
      case UPPER ->
          Strict.unary(argument, text -> Texts.mapPoints((String) text, Character::toUpperCase));
      case INITCAP -> Strict.unary(argument, text -> Texts.initcap((String) text));
      case REVERSE -> Strict.unary(argument, text -> Texts.reverse((String) text));
      case MD5 -> Strict.unary(argument, Texts::md5);
      case ASCII ->
          Strict.unary(
              argument, text -> ((String) text).isEmpty() ? 0L : ((String) text).codePointAt(0));
      case CHR -> Strict.unary(argument, code -> Texts.chr((Long) code));
      default -> throw Invariants.unreachable("%s takes more than one argument", function);
    };
  }

  private static Object apply(ScalarFunction function, Object[] values) {
    if (function == ScalarFunction.SUBSTRING && values[0] instanceof byte[] bytes) {
      return Texts.substring(bytes, (Long) values[1], values.length > 2 ? (Long) values[2] : null);
    }
    if (function == ScalarFunction.POSITION && values[0] instanceof byte[] what) {
      return Texts.position(what, (byte[]) values[1]);
    }
    String text = (String) values[0];
    return switch (function) {
      case SUBSTRING ->
          Texts.substring(text, (Long) values[1], values.length > 2 ? (Long) values[2] : null);
      case POSITION -> Texts.position(text, (String) values[1]);
      case TRIM_BOTH -> Texts.trim(text, characters(values), true, true);
      case TRIM_LEADING -> Texts.trim(text, characters(values), true, false);
      case TRIM_TRAILING -> Texts.trim(text, characters(values), false, true);
      case REPLACE -> Texts.replace(text, (String) values[1], (String) values[2]);
      case SPLIT_PART -> Texts.splitPart(text, (String) values[1], (Long) values[2]);
      case LPAD -> Texts.pad(text, (Long) values[1], fill(values), true);
      case RPAD -> Texts.pad(text, (Long) values[1], fill(values), false);
      case LEFT -> Texts.left(text, (Long) values[1]);
      case RIGHT -> Texts.right(text, (Long) values[1]);
      case REPEAT -> Texts.repeat(text, (Long) values[1]);
      case STARTS_WITH -> text.startsWith((String) values[1]);
      case TRANSLATE -> Texts.translate(text, (String) values[1], (String) values[2]);
      default -> throw Invariants.unreachable("%s is no function of text", function);
    };
  }

  private static String characters(Object[] values) {
    return values.length > 1 ? (String) values[1] : SPACE;
  }

  private static String fill(Object[] values) {
    return values.length > 2 ? (String) values[2] : SPACE;
  }

  private static Evaluator like(Expr.Call call, Evaluator[] args) {
    boolean ignoreCase = call.function() == ScalarFunction.ILIKE;
    boolean fixed =
        call.arguments().stream()
            .skip(1)
            .allMatch(arg -> arg instanceof Expr.Literal literal && literal.value() != null);
    LikeMatcher matcher = fixed ? fixedMatcher(args, ignoreCase) : null;
    if (matcher != null) {
      return Strict.unary(args[0], text -> matcher.matches((String) text));
    }
    return Strict.variadic(
        args,
        values -> {
          String escape = values.length > 2 ? (String) values[2] : DEFAULT_ESCAPE;
          return LikeMatcher.of((String) values[1], escape, ignoreCase).matches((String) values[0]);
        });
  }

  /** Null for a bad pattern: that is an error of the row which meets it. */
  private static @Nullable LikeMatcher fixedMatcher(Evaluator[] args, boolean ignoreCase) {
    String escape = args.length > 2 ? (String) constant(args[2]) : DEFAULT_ESCAPE;
    try {
      return LikeMatcher.of((String) constant(args[1]), escape, ignoreCase);
    } catch (MeridianException e) {
      return null;
    }
  }

  private static Evaluator concat(Expr.Call call, Evaluator[] args) {
    if (call.type().kind() == Kind.BYTEA) {
      return Strict.variadic(args, TextFunctions::concatBytes);
    }
    Evaluator[] texts = new Evaluator[args.length];
    for (int i = 0; i < args.length; i++) {
      SqlType from = call.arguments().get(i).type();
      texts[i] =
          from.kind() == Kind.TEXT
              ? args[i]
              : Strict.unary(args[i], value -> ValueText.format(value, from));
    }
    return Strict.variadic(
        texts,
        values -> {
          StringBuilder all = new StringBuilder();
          for (Object value : values) {
            all.append((String) value);
          }
          return Texts.checkSize(all).toString();
        });
  }

  private static byte[] concatBytes(Object[] values) {
    byte[] all = (byte[]) values[0];
    for (int i = 1; i < values.length; i++) {
      byte[] next = (byte[]) values[i];
      int end = all.length;
      all = Arrays.copyOf(all, Math.addExact(end, next.length));
      System.arraycopy(next, 0, all, end, next.length);
    }
    return all;
  }

  private static Evaluator concatAny(List<Expr> arguments, Evaluator[] args) {
    return tuple -> {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < args.length; i++) {
        Object value = args[i].eval(tuple);
        if (value != null) {
          all.append(ValueText.format(value, arguments.get(i).type()));
        }
      }
      return Texts.checkSize(all).toString();
    };
  }

  private static Evaluator concatWithSeparator(List<Expr> arguments, Evaluator[] args) {
    return tuple -> {
      String separator = (String) args[0].eval(tuple);
      if (separator == null) {
        return null;
      }
      StringBuilder all = new StringBuilder();
      boolean first = true;
      for (int i = 1; i < args.length; i++) {
        Object value = args[i].eval(tuple);
        if (value != null) {
          all.append(first ? "" : separator);
          all.append(ValueText.format(value, arguments.get(i).type()));
          first = false;
        }
      }
      return Texts.checkSize(all).toString();
    };
  }

  private static long length(Object value) {
    return value instanceof byte[] bytes ? bytes.length : Texts.length((String) value);
  }

  private static long octetLength(Object value) {
    return value instanceof byte[] bytes ? bytes.length : SqlValues.utf8((String) value).length;
  }

  private static Object constant(Evaluator evaluator) {
    Object value = evaluator.eval(new Object[0]);
    if (value == null) {
      throw Invariants.unreachable("a constant that was there is NULL");
    }
    return value;
  }
}
