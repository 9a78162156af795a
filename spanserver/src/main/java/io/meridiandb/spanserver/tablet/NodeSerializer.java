package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import java.io.IOException;
import java.util.Comparator;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;
import org.mapdb.serializer.GroupSerializer;

/**
 * What the serializers of keys and of values have in common. A node is an array of objects while a
 * file is built and a {@link PackedNode} when it is read; MapDB never changes one, because files
 * are built by the Pump and then only read.
 */
abstract class NodeSerializer<T> implements GroupSerializer<T> {
  private static final Object[] EMPTY = new Object[0];

  abstract PackedNode read(DataInput2 in, int count);

  abstract void write(DataOutput2 out, Object[] items) throws IOException;

  abstract T item(PackedNode node, int i);

  @Override
  public final void valueArraySerialize(DataOutput2 out, Object node) throws IOException {
    write(out, (Object[]) node);
  }

  @Override
  public final Object valueArrayDeserialize(DataInput2 in, int count) {
    PackedNode node = read(in, count);
    in.setPos(node.end());
    return node;
  }

  @Override
  @SuppressWarnings("unchecked")
  public final T valueArrayGet(Object node, int i) {
    return node instanceof PackedNode packed ? item(packed, i) : (T) ((Object[]) node)[i];
  }

  @Override
  public final int valueArraySize(Object node) {
    return node instanceof PackedNode packed ? packed.count : ((Object[]) node).length;
  }

  @Override
  public final Object valueArrayEmpty() {
    return EMPTY;
  }

  @Override
  public final Object valueArrayFromArray(Object[] items) {
    return items;
  }

  @Override
  @SuppressWarnings("rawtypes") // as MapDB declares it
  public int valueArraySearch(Object node, T item, Comparator comparator) {
    return valueArraySearch(node, item);
  }

  @Override
  public final boolean isTrusted() {
    return true;
  }

  @Override
  public final Object valueArrayPut(Object node, int i, T item) {
    throw neverChanged();
  }

  @Override
  public final Object valueArrayUpdateVal(Object node, int i, T item) {
    throw neverChanged();
  }

  @Override
  public final Object valueArrayCopyOfRange(Object node, int from, int to) {
    throw neverChanged();
  }

  @Override
  public final Object valueArrayDeleteValue(Object node, int i) {
    throw neverChanged();
  }

  static RuntimeException neverChanged() {
    return Invariants.unreachable("a tablet file is never changed");
  }

  /** Writes a table of offsets: item {@code i} takes {@code lengths[i]} bytes. */
  static void writeTable(DataOutput2 out, int[] lengths) throws IOException {
    int offset = 0;
    out.writeInt(0);
    for (int length : lengths) {
      offset += length;
      out.writeInt(offset);
    }
  }
}
