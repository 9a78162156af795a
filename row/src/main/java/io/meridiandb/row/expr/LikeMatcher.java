package io.meridiandb.row.expr;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.Arrays;

/**
 * A LIKE pattern made ready. Matching looks back to the last {@code %} only, so that it takes at
 * most length of text times length of pattern steps, however many {@code %} there are.
 */
final class LikeMatcher {
  private static final int ANY_SEQUENCE = -1;
  private static final int ANY_ONE = -2;

  /** Code points, and the two wildcards as negative numbers. */
  private final int[] pattern;

  private final boolean ignoreCase;

  private LikeMatcher(int[] pattern, boolean ignoreCase) {
    this.pattern = pattern;
    this.ignoreCase = ignoreCase;
  }

  /**
   * Reads a pattern.
   *
   * @param escape one character before which wildcards lose their meaning, or empty for none
   * @throws MeridianException INVALID_ESCAPE
   */
  static LikeMatcher of(String text, String escape, boolean ignoreCase) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw new MeridianException(
          ErrorCode.INVALID_ESCAPE, "invalid escape string: it must be empty or one character");
    }
    int escapePoint = escape.isEmpty() ? Integer.MIN_VALUE : escape.codePointAt(0);
    int[] points = text.codePoints().toArray();
    int[] pattern = new int[points.length];
    int length = 0;
    for (int i = 0; i < points.length; i++) {
      int point = points[i];
      if (point == escapePoint) {
        if (++i == points.length) {
          throw new MeridianException(
              ErrorCode.INVALID_ESCAPE, "LIKE pattern must not end with escape character");
        }
        pattern[length++] = fold(points[i], ignoreCase);
      } else if (point == '%') {
        if (length == 0 || pattern[length - 1] != ANY_SEQUENCE) {
          pattern[length++] = ANY_SEQUENCE;
        }
      } else {
        pattern[length++] = point == '_' ? ANY_ONE : fold(point, ignoreCase);
      }
    }
    return new LikeMatcher(Arrays.copyOf(pattern, length), ignoreCase);
  }

  private static int fold(int point, boolean ignoreCase) {
    return ignoreCase ? Character.toLowerCase(Character.toUpperCase(point)) : point;
  }

  boolean matches(String text) {
    int at = 0;
    int inPattern = 0;
    int lastSequence = -1;
    int retryAt = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      int wanted = inPattern < pattern.length ? pattern[inPattern] : Integer.MIN_VALUE;
      if (wanted == ANY_SEQUENCE) {
        lastSequence = inPattern++;
        retryAt = at;
      } else if (wanted == ANY_ONE || wanted == fold(point, ignoreCase)) {
        inPattern++;
        at += Character.charCount(point);
      } else if (lastSequence >= 0) {
        // What stands behind the last % begins further on: the % takes one character more.
        retryAt += Character.charCount(text.codePointAt(retryAt));
        at = retryAt;
        inPattern = lastSequence + 1;
      } else {
        return false;
      }
    }
    while (inPattern < pattern.length && pattern[inPattern] == ANY_SEQUENCE) {
      inPattern++;
    }
    return inPattern == pattern.length;
  }
}
