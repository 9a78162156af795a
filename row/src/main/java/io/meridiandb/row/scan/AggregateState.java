package io.meridiandb.row.scan;

import org.jspecify.annotations.Nullable;

/**
 * What one aggregate of one group has seen so far. Tablets add rows and send {@link #partial}s; the
 * gateway merges them and asks for the {@link #result}. Used by one fiber or strand.
 */
public interface AggregateState {
  /**
   * Takes a row of the group in.
   *
   * @return by how many bytes the state has grown, roughly
   */
  long add(@Nullable Object[] tuple);

  /** Takes in the partial state of another; not for DISTINCT. */
  void merge(@Nullable Object partial);

  /** The state as one value, to be sent and merged. */
  @Nullable Object partial();

  /** The final value. */
  @Nullable Object result();

  /** Makes states of one aggregate. Immutable; callable from any thread. */
  @FunctionalInterface
  interface Factory {
    /** A state that has seen nothing. */
    AggregateState create();

    /** The factory of an aggregate whose parameters are bound. */
    static Factory of(AggregateCall call) {
      return AggregateStates.factory(call);
    }
  }
}
