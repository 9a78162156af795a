package io.meridiandb.paxos.attack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All states that are first reached with one number of steps, one after the other in large arrays:
 * the numbers of the nodes' states, how many messages are on their way, and which.
 */
final class SearchRow {
  private static final int CHUNK = 1 << 20;

  private final int nodes;
  private final boolean withParents;
  private final List<int[]> chunks = new ArrayList<>();
  private int used = CHUNK;
  private int[] parents = new int[0];
  private int readChunk;
  private int readAt;
  int size;

  SearchRow(int nodes, boolean withParents) {
    this.nodes = nodes;
    this.withParents = withParents;
  }

  void add(int[] state, int parent) {
    if (used + state.length + 1 > CHUNK) {
      if (!chunks.isEmpty() && used < CHUNK) {
        chunks.getLast()[used] = -1;
      }
      chunks.add(new int[CHUNK]);
      used = 0;
    }
    System.arraycopy(state, 0, chunks.getLast(), used, state.length);
    used += state.length;
    if (withParents) {
      if (size >= parents.length) {
        parents = Arrays.copyOf(parents, Math.max(1 << 10, 2 * size));
      }
      parents[size] = parent;
    }
    size++;
  }

  int parent(int index) {
    return parents[index];
  }

  /** The next state, from the first on; the memory of those before is given back if wanted. */
  int[] read(boolean giveBack) {
    int[] chunk = chunks.get(readChunk);
    if (readAt == CHUNK || chunk[readAt] < 0) {
      if (giveBack) {
        chunks.set(readChunk, null);
      }
      readChunk++;
      readAt = 0;
      chunk = chunks.get(readChunk);
    }
    int length = nodes + 1 + chunk[readAt + nodes];
    int[] state = Arrays.copyOfRange(chunk, readAt, readAt + length);
    readAt += length;
    return state;
  }

  void rewind() {
    readChunk = 0;
    readAt = 0;
  }
}
