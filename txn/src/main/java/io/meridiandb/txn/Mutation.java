package io.meridiandb.txn;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.row.key.Key;
import org.jspecify.annotations.Nullable;

/**
 * One write of a transaction, or a condition that its commit depends on.
 *
 * @param kind what happens
 * @param key whose row
 * @param value the encoded row of INSERT and PUT, otherwise null
 */
public record Mutation(Kind kind, Key key, byte @Nullable [] value) {
  /** What happens; the numbers are part of the log format. */
  public enum Kind {
    /** Writes a row that must not exist. */
    INSERT(1),
    /** Writes a row whether it exists or not. */
    PUT(2),
    /** Deletes a row; none there is no error. */
    DELETE(3),
    /** Writes nothing; the row must exist (the parent of an interleaved row). */
    REQUIRE(4),
    /** Writes nothing; the row must not exist (a key that is taken under another placement). */
    FORBID(5);

    private final int number;

    Kind(int number) {
      this.number = number;
    }

    /** The number in the log. */
    public int number() {
      return number;
    }
  }

  public Mutation {
    Invariants.check(
        (value != null) == (kind == Kind.INSERT || kind == Kind.PUT),
        "%s and its value do not fit",
        kind);
  }

  /** Writes a row that must not exist. */
  public static Mutation insert(Key key, byte[] value) {
    return new Mutation(Kind.INSERT, key, value);
  }

  /** Writes a row whether it exists or not. */
  public static Mutation put(Key key, byte[] value) {
    return new Mutation(Kind.PUT, key, value);
  }

  /** Deletes a row. */
  public static Mutation delete(Key key) {
    return new Mutation(Kind.DELETE, key, null);
  }

  /** Demands that a row exists. */
  public static Mutation require(Key key) {
    return new Mutation(Kind.REQUIRE, key, null);
  }

  /** Demands that a row does not exist. */
  public static Mutation forbid(Key key) {
    return new Mutation(Kind.FORBID, key, null);
  }
}
