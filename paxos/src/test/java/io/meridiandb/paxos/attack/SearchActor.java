package io.meridiandb.paxos.attack;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One node of a searched model: production objects, and what they send. */
public abstract class SearchActor {
  /** What can happen to a node: an action of its own, or a message that arrives. */
  public interface Input {}

  /**
   * Something on its way to a node. It may arrive at any later time, any number of times, or never;
   * so loss, repetition and reordering need no actions of their own. Equality is by content.
   */
  public interface Message extends Input {
    /** Which node gets it. */
    int to();

    /**
     * Whether it arrives once at most: a repetition would do nothing, or nothing that its sender
     * could not do by sending it again.
     */
    default boolean once() {
      return false;
    }
  }

  final List<Message> sent = new ArrayList<>();
  @Nullable Message answer;

  /** From now on the message may arrive. */
  protected final void send(Message message) {
    sent.add(message);
  }

  /** Gives an answer only to the exchange that is going on: nobody else ever sees it. */
  protected final void answerAtOnce(Message message) {
    answer = message;
  }

  /** Something happens to the node; what cannot happen now must change nothing. */
  public abstract void on(Input input);

  /** Writes all that the node's future depends on. */
  public abstract String dump();

  /** What the invariants have to know about the node; facts that say the same have one text. */
  public abstract Object fact();
}
