package io.meridiandb.simulator.check;

import java.util.List;

/**
 * One transaction as its client saw it.
 *
 * @param id unique in its history
 * @param span when the client asked and was answered, in true time
 * @param kind what it promises
 * @param outcome how it ended
 * @param timestamp of its commit, or the one it read at; 0 if nobody told, which excludes it from
 *     the certificate
 * @param ops in the order in which it did them
 */
public record Txn(long id, Span span, Kind kind, Outcome outcome, long timestamp, List<Op> ops) {
  /**
   * From the first request to the last answer, in nanoseconds of true time, of which nobody in a
   * real universe knows more than an interval; the simulator knows.
   *
   * @param returned {@link Long#MAX_VALUE} if no answer ever came
   */
  public record Span(long invoked, long returned) {}

  /** What a transaction promises about time. */
  public enum Kind {
    /** Reads and writes at its commit timestamp. */
    READ_WRITE,
    /** Only reads, all that was committed before it was asked for. */
    STRONG_READ,
    /** Only reads, at a timestamp of the client's choice; real time does not bind it. */
    STALE_READ
  }

  /** How it ended for its client. */
  public enum Outcome {
    /** Acknowledged. */
    COMMITTED,
    /** Refused: nothing of it may ever show. */
    ABORTED,
    /** Nobody could say: it shows whole or not at all. */
    UNKNOWN
  }

  public Txn {
    ops = List.copyOf(ops);
  }

  @Override
  public String toString() {
    String end = span.returned == Long.MAX_VALUE ? "" : Long.toString(span.returned);
    StringBuilder text = new StringBuilder("T").append(id);
    text.append(' ').append(span.invoked).append('-').append(end);
    text.append(" @").append(timestamp).append(' ').append(kind).append(' ').append(outcome);
    ops.forEach(op -> text.append(", ").append(op));
    return text.toString();
  }
}
