package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import java.nio.ByteBuffer;
import org.mapdb.DataInput2;

/**
 * Items of a B-tree node as they lie in the mapped file; nothing is copied until an item is asked
 * for. Layout: a table of {@code count + 1} offsets of 4 bytes, then the items.
 */
abstract class PackedNode {
  final ByteBuffer data;
  final int count;
  private final int table;
  private final int items;

  PackedNode(ByteBuffer data, int table, int count) {
    this.data = data;
    this.count = count;
    this.table = table;
    this.items = table + 4 * (count + 1);
  }

  /** Where item {@code i} begins in {@link #data}. */
  final int start(int i) {
    return items + data.getInt(table + 4 * i);
  }

  final int end() {
    return start(count);
  }

  final byte[] bytes(int from, int to) {
    byte[] copy = new byte[to - from];
    data.get(from, copy);
    return copy;
  }

  /** The bytes behind a MapDB input, to be read by position. */
  static ByteBuffer bufferOf(DataInput2 in) {
    ByteBuffer buffer = in.internalByteBuffer();
    if (buffer != null) {
      return buffer;
    }
    byte[] array = in.internalByteArray();
    Invariants.check(array != null, "a MapDB input of %s", in.getClass().getName());
    return ByteBuffer.wrap(array);
  }
}
