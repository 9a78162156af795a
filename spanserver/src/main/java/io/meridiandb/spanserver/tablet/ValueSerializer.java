package io.meridiandb.spanserver.tablet;

import java.io.IOException;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;

/** Values of a leaf: their bytes. */
final class ValueSerializer extends NodeSerializer<byte[]> {
  static final ValueSerializer INSTANCE = new ValueSerializer();

  private static final class Node extends PackedNode {
    Node(DataInput2 in, int count) {
      super(bufferOf(in), in.getPos(), count);
    }
  }

  private ValueSerializer() {}

  @Override
  PackedNode read(DataInput2 in, int count) {
    return new Node(in, count);
  }

  @Override
  void write(DataOutput2 out, Object[] items) throws IOException {
    int[] lengths = new int[items.length];
    for (int i = 0; i < items.length; i++) {
      lengths[i] = ((byte[]) items[i]).length;
    }
    writeTable(out, lengths);
    for (Object item : items) {
      out.write((byte[]) item);
    }
  }

  @Override
  byte[] item(PackedNode node, int i) {
    return node.bytes(node.start(i), node.start(i + 1));
  }

  @Override
  public int valueArraySearch(Object node, byte[] item) {
    throw neverChanged();
  }

  /** A value outside of its leaf. */
  @Override
  public void serialize(DataOutput2 out, byte[] value) throws IOException {
    out.writeInt(value.length);
    out.write(value);
  }

  @Override
  public byte[] deserialize(DataInput2 in, int available) throws IOException {
    byte[] value = new byte[in.readInt()];
    in.readFully(value);
    return value;
  }
}
