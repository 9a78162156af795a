package io.meridiandb.paxos.attack;

import io.meridiandb.paxos.attack.SearchActor.Input;
import io.meridiandb.paxos.attack.SearchActor.Message;
import java.util.List;

/** What {@link SearchSpace} searches: a few nodes, their actions, and what must never be. */
public interface SearchModel {
  /** How many nodes. */
  int size();

  /** Node {@code node} as it is first started. */
  SearchActor fresh(int node);

  /** All that the node may do of its own accord. */
  List<? extends Input> actions(int node);

  /** What may happen to all nodes at once: time leaps. */
  List<? extends Input> common();

  /**
   * Whether the node may have a whole exchange with another in one step: {@link Exchange} asks, the
   * answers pass at once.
   */
  boolean exchanges();

  /** Whether these facts of all nodes break the invariant. */
  boolean violated(Object[] facts);

  /**
   * At least so many steps lie between here, where nothing is broken, and any violation: a state
   * too far from one to reach it within the depth of the search need not be visited. Must never be
   * too great: no step may bring it down by more than one.
   *
   * @param once how many messages are on their way that may arrive once
   * @param enough whether it is less than this does not matter
   */
  default int distance(Object[] facts, int once, int enough) {
    return 1;
  }

  /** Whether the message can never change anything any more. */
  default boolean useless(Message message, Object[] facts) {
    return false;
  }

  /** What becomes of a message on its way when this happens to all nodes. */
  default Message aged(Message message, Input common) {
    return message;
  }

  /** The same input with the names exchanged under which the model is symmetric. */
  default Input mirrored(Input input) {
    return input;
  }

  /** Whether {@link #mirrored} says something. */
  default boolean symmetric() {
    return false;
  }

  /** Begins an exchange with {@code with}; the node answers by {@link SearchActor#answerAtOnce}. */
  record Exchange(int with) implements Input {}

  /** A message of an exchange arrives; what it leads to is answered at once as well. */
  record AtOnce(Message message) implements Input {}
}
