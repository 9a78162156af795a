package io.meridiandb.row.expr;

import io.meridiandb.row.type.SqlValues;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's string functions; positions and lengths count code points, from 1. */
final class Texts {
  /** Longest text that a function makes, in UTF-16 units. */
  static final int LENGTH_MAX = 32 << 20;

  private Texts() {}

  static <T extends CharSequence> T checkSize(T text) {
    checkSize(text.length());
    return text;
  }

  private static void checkSize(long length) {
    if (length > LENGTH_MAX) {
      throw new MeridianException(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "requested length too large: a text has at most %d characters".formatted(LENGTH_MAX));
    }
  }

  static long length(String text) {
    return text.codePointCount(0, text.length());
  }

  static String mapPoints(String text, IntUnaryOperator mapping) {
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints().map(mapping).forEach(mapped::appendCodePoint);
    return mapped.toString();
  }

  static String initcap(String text) {
    StringBuilder mapped = new StringBuilder(text.length());
    boolean inWord = false;
    for (int point : text.codePoints().toArray()) {
      mapped.appendCodePoint(inWord ? Character.toLowerCase(point) : Character.toUpperCase(point));
      inWord = Character.isLetterOrDigit(point);
    }
    return mapped.toString();
  }

  static String reverse(String text) {
    return new StringBuilder(text).reverse().toString();
  }

  static String md5(Object value) {
    byte[] bytes = value instanceof byte[] binary ? binary : SqlValues.utf8((String) value);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new MeridianException(
          ErrorCode.FEATURE_NOT_SUPPORTED, "this Java runtime has no MD5", e);
    }
  }

  static String chr(long code) {
    if (code <= 0
        || code > Character.MAX_CODE_POINT
        || Character.getType((int) code) == Character.SURROGATE) {
      throw new MeridianException(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "requested character not valid for encoding: %d".formatted(code));
    }
    return Character.toString((int) code);
  }

  /** From and to as positions from 0, cut to the text: PostgreSQL lets both lie outside. */
  private static int[] span(long length, long start, @Nullable Long count) {
    if (count != null && count < 0) {
      throw new MeridianException(
          ErrorCode.INVALID_PARAMETER_VALUE, "negative substring length not allowed");
    }
    long from = Math.clamp(start, 1, length + 1) - 1;
    long to = length;
    if (count != null) {
      long end = start + count; // behind the last, from 1
      boolean overflow = start > 0 && end < 0;
      to = overflow ? length : Math.clamp(end - 1, from, length);
    }
    return new int[] {(int) from, (int) to};
  }

  static String substring(String text, long start, @Nullable Long count) {
    int[] span = span(length(text), start, count);
    int from = text.offsetByCodePoints(0, span[0]);
    return text.substring(from, text.offsetByCodePoints(from, span[1] - span[0]));
  }

  static byte[] substring(byte[] bytes, long start, @Nullable Long count) {
    int[] span = span(bytes.length, start, count);
    return Arrays.copyOfRange(bytes, span[0], span[1]);
  }

  static long position(String what, String text) {
    int at = text.indexOf(what);
    return at < 0 ? 0 : text.codePointCount(0, at) + 1;
  }

  static long position(byte[] what, byte[] bytes) {
    for (int i = 0; i + what.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + what.length, what, 0, what.length)) {
        return i + 1L;
      }
    }
    return 0;
  }

  static String trim(String text, String characters, boolean leading, boolean trailing) {
    int from = 0;
    int to = text.length();
    while (leading && from < to && characters.indexOf(text.codePointAt(from)) >= 0) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (trailing && from < to && characters.indexOf(text.codePointBefore(to)) >= 0) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  static String replace(String text, String from, String to) {
    if (from.isEmpty()) {
      return text;
    }
    long most = (long) text.length() / from.length();
    checkSize(text.length() + most * Math.max(0, to.length() - from.length()));
    return text.replace(from, to);
  }

  static String splitPart(String text, String delimiter, long field) {
    if (field == 0) {
      throw new MeridianException(
          ErrorCode.INVALID_PARAMETER_VALUE, "field position must not be zero");
    }
    if (delimiter.isEmpty()) {
      return field == 1 || field == -1 ? text : "";
    }
    if (field < 0) {
      int end = text.length();
      for (long i = -1; ; i--) {
        int at = text.lastIndexOf(delimiter, end - delimiter.length());
        boolean last = at < 0 || end < delimiter.length();
        if (i == field) {
          return text.substring(last ? 0 : at + delimiter.length(), end);
        }
        if (last) {
          return "";
        }
        end = at;
      }
    }
    int start = 0;
    for (long i = 1; ; i++) {
      int at = text.indexOf(delimiter, start);
      if (i == field) {
        return text.substring(start, at < 0 ? text.length() : at);
      }
      if (at < 0) {
        return "";
      }
      start = at + delimiter.length();
    }
  }

  static String pad(String text, long length, String fill, boolean left) {
    long missing = length - length(text);
    if (missing <= 0) {
      return substring(text, 1, Math.max(0, length));
    }
    if (fill.isEmpty()) {
      return text;
    }
    checkSize(length);
    int[] points = fill.codePoints().toArray();
    StringBuilder padding = new StringBuilder();
    for (int i = 0; i < missing; i++) {
      padding.appendCodePoint(points[i % points.length]);
    }
    return left ? padding + text : text + padding;
  }

  static String left(String text, long count) {
    return substring(text, 1, count >= 0 ? count : Math.max(0, length(text) + count));
  }

  static String right(String text, long count) {
    long length = length(text);
    long kept = count >= 0 ? Math.min(count, length) : Math.max(0, length + count);
    return substring(text, length - kept + 1, kept);
  }

  static String repeat(String text, long count) {
    if (count <= 0 || text.isEmpty()) {
      return "";
    }
    checkSize(count > LENGTH_MAX ? count : text.length() * count);
    return text.repeat((int) count);
  }

  static String translate(String text, String from, String to) {
    int[] sources = from.codePoints().toArray();
    int[] targets = to.codePoints().toArray();
    StringBuilder mapped = new StringBuilder(text.length());
    for (int point : text.codePoints().toArray()) {
      int at = 0;
      while (at < sources.length && sources[at] != point) {
        at++;
      }
      if (at == sources.length) {
        mapped.appendCodePoint(point);
      } else if (at < targets.length) {
        mapped.appendCodePoint(targets[at]);
      }
    }
    return mapped.toString();
  }
}
