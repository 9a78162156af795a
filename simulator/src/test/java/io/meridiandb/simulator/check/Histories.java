package io.meridiandb.simulator.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Histories written by hand, a line a transaction: {@code 0-10 @5 r1=- w1=7}. The span, the
 * timestamp, words (ro, stale, abort, unknown), then operations as {@link Op} prints them: r1=5 (-
 * for no row), w1=5, +1+5, a1<5, l1=[5;6], s1..9=[1:5;2:6].
 */
final class Histories {
  private static final Pattern HEAD = Pattern.compile("(\\d+)-(\\d*)");

  private Histories() {}

  static List<Txn> of(String text) {
    List<Txn> history = new ArrayList<>();
    for (String line : text.strip().lines().map(String::strip).toList()) {
      history.add(parse(history.size() + 1, line));
    }
    return history;
  }

  private static Txn parse(long id, String line) {
    Txn.Span span = new Txn.Span(0, 0);
    Txn.Kind kind = Txn.Kind.READ_WRITE;
    Txn.Outcome outcome = Txn.Outcome.COMMITTED;
    long timestamp = 0;
    List<Op> ops = new ArrayList<>();
    for (String word : line.split(" +")) {
      Matcher head = HEAD.matcher(word);
      if (head.matches()) {
        long end = head.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(head.group(2));
        span = new Txn.Span(Long.parseLong(head.group(1)), end);
      } else if (word.startsWith("@")) {
        timestamp = Long.parseLong(word.substring(1));
      } else {
        switch (word) {
          case "ro" -> kind = Txn.Kind.STRONG_READ;
          case "stale" -> kind = Txn.Kind.STALE_READ;
          case "abort" -> outcome = Txn.Outcome.ABORTED;
          case "unknown" -> outcome = Txn.Outcome.UNKNOWN;
          default -> ops.add(op(word));
        }
      }
    }
    return new Txn(id, span, kind, outcome, timestamp, ops);
  }

  private static Op op(String word) {
    String rest = word.substring(1);
    return switch (word.charAt(0)) {
      case 'r' -> new Op.Read(number(rest, "=", 0), number(rest, "=", 1));
      case 'w' -> new Op.Write(number(rest, "=", 0), number(rest, "=", 1));
      case '+' -> new Op.Increment(number(rest, "[+]", 0), number(rest, "[+]", 1));
      case 'a' -> new Op.Append(number(rest, "<", 0), number(rest, "<", 1));
      case 'l' ->
          new Op.ReadList(number(rest, "=", 0), list(rest).stream().map(Long::parseLong).toList());
      default ->
          new Op.ReadRange(
              number(rest.substring(0, rest.indexOf('=')), "[.][.]", 0),
              number(rest.substring(0, rest.indexOf('=')), "[.][.]", 1),
              list(rest).stream()
                  .map(row -> new Op.Row(number(row, ":", 0), number(row, ":", 1)))
                  .toList());
    };
  }

  private static long number(String text, String separator, int index) {
    String number = text.split(separator)[index];
    return number.equals("-") ? Op.ABSENT : Long.parseLong(number);
  }

  private static List<String> list(String text) {
    String inside = text.substring(text.indexOf('[') + 1, text.indexOf(']'));
    return inside.isEmpty() ? List.of() : Arrays.asList(inside.split(";"));
  }
}
