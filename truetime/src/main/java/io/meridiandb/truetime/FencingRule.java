package io.meridiandb.truetime;

/** When a server must take its own clock for the wrong one; a value of its own for tests' sake. */
@FunctionalInterface
public interface FencingRule {
  /**
   * A majority of the peers heard, or the only one, contradict it (protocol G10). With "any of
   * them", one bad clock that talks to all would fence the whole universe.
   */
  FencingRule MAJORITY = (contradicting, heard) -> 2 * contradicting > heard;

  /**
   * Whether this server is fenced.
   *
   * @param contradicting how many peers' clocks contradict this server's; at least 1
   * @param heard how many peers were heard at all
   */
  boolean fences(int contradicting, int heard);
}
