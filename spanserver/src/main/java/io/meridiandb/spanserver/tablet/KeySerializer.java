package io.meridiandb.spanserver.tablet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.mapdb.DataInput2;
import org.mapdb.DataOutput2;

/**
 * Versioned keys of a node: what the keys of the node have in common stands once (2 bytes of
 * length, then the bytes), each item is the timestamp (8) and the rest of the key. A search
 * compares in the mapped file.
 */
final class KeySerializer extends NodeSerializer<VersionedKey> {
  static final KeySerializer INSTANCE = new KeySerializer();

  private static final class Node extends PackedNode {
    private final int prefixStart;
    private final int prefixLength;

    Node(ByteBuffer data, int at, int prefixLength, int count) {
      super(data, at + 2 + prefixLength, count);
      this.prefixStart = at + 2;
      this.prefixLength = prefixLength;
    }

    /** How the common part compares to the beginning of {@code key}; 0 if {@code key} has it. */
    int comparePrefix(byte[] key) {
      int common = Math.min(prefixLength, key.length);
      for (int i = 0; i < common; i++) {
        int difference = (data.get(prefixStart + i) & 0xff) - (key[i] & 0xff);
        if (difference != 0) {
          return difference;
        }
      }
      return prefixLength - common;
    }

    /** How item {@code i} compares to {@code wanted}, which has the common part. */
    int compare(int i, VersionedKey wanted) {
      int start = start(i) + 8;
      int length = start(i + 1) - start;
      int rest = wanted.key.length - prefixLength;
      int common = Math.min(length, rest);
      for (int j = 0; j < common; j++) {
        int difference = (data.get(start + j) & 0xff) - (wanted.key[prefixLength + j] & 0xff);
        if (difference != 0) {
          return difference;
        }
      }
      return length != rest ? length - rest : Long.compare(wanted.nanos, data.getLong(start - 8));
    }

    VersionedKey key(int i) {
      int start = start(i) + 8;
      int length = start(i + 1) - start;
      byte[] key = new byte[prefixLength + length];
      data.get(prefixStart, key, 0, prefixLength);
      data.get(start, key, prefixLength, length);
      return new VersionedKey(key, data.getLong(start - 8));
    }
  }

  private KeySerializer() {}

  @Override
  PackedNode read(DataInput2 in, int count) {
    ByteBuffer data = PackedNode.bufferOf(in);
    int at = in.getPos();
    return new Node(data, at, data.getShort(at) & 0xffff, count);
  }

  @Override
  void write(DataOutput2 out, Object[] items) throws IOException {
    byte[] first = ((VersionedKey) items[0]).key;
    byte[] last = ((VersionedKey) items[items.length - 1]).key;
    int mismatch = Arrays.mismatch(first, last);
    int prefix = mismatch < 0 ? first.length : mismatch;
    out.writeShort(prefix);
    out.write(first, 0, prefix);
    int[] lengths = new int[items.length];
    for (int i = 0; i < items.length; i++) {
      lengths[i] = 8 + ((VersionedKey) items[i]).key.length - prefix;
    }
    writeTable(out, lengths);
    for (Object item : items) {
      VersionedKey key = (VersionedKey) item;
      out.writeLong(key.nanos);
      out.write(key.key, prefix, key.key.length - prefix);
    }
  }

  @Override
  VersionedKey item(PackedNode node, int i) {
    return ((Node) node).key(i);
  }

  @Override
  public int valueArraySearch(Object node, VersionedKey wanted) {
    if (!(node instanceof Node packed)) {
      return Arrays.binarySearch((Object[]) node, wanted);
    }
    int byPrefix = packed.comparePrefix(wanted.key);
    if (byPrefix != 0) {
      return byPrefix > 0 ? -1 : -(packed.count + 1);
    }
    int low = 0;
    int high = packed.count - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = packed.compare(middle, wanted);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -(low + 1);
  }

  /** A key by itself; MapDB stores none, but asks for the method. */
  @Override
  public void serialize(DataOutput2 out, VersionedKey key) throws IOException {
    out.writeLong(key.nanos);
    out.writeInt(key.key.length);
    out.write(key.key);
  }

  @Override
  public VersionedKey deserialize(DataInput2 in, int available) throws IOException {
    long nanos = in.readLong();
    byte[] key = new byte[in.readInt()];
    in.readFully(key);
    return new VersionedKey(key, nanos);
  }

  @Override
  public int compare(VersionedKey a, VersionedKey b) {
    return a.compareTo(b);
  }

  @Override
  public boolean equals(VersionedKey a, VersionedKey b) {
    return a.equals(b);
  }

  @Override
  public int hashCode(VersionedKey key, int seed) {
    return key.hashCode() + seed;
  }
}
