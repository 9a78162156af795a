package io.meridiandb.spanserver.tablet;

import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Some keys of a file, and how many bytes of versions lie before each: enough to say how large a
 * range is and where to cut it without reading the file. Stands in the file behind the Bloom
 * filter: total (8), count (4), then for each its bytes before it (8), length of the key (2), key;
 * big-endian.
 */
final class Samples {
  /** A file has at most this many; then every other one is dropped. */
  static final int COUNT_MAX = 1024;

  /** The first distance between two, in bytes of versions. */
  static final int INTERVAL_BYTES_MIN = 4 << 10;

  private final List<Key> keys;
  private final List<Long> before;
  private final long total;
  private final Key lastKey;

  private Samples(List<Key> keys, List<Long> before, long total, Key lastKey) {
    this.keys = keys;
    this.before = before;
    this.total = total;
    this.lastKey = lastKey;
  }

  /** Takes samples while versions are written. */
  static final class Builder {
    private List<Key> keys = new ArrayList<>();
    private List<Long> before = new ArrayList<>();
    private long interval = INTERVAL_BYTES_MIN;
    private long next;
    private long total;

    /** The first version of a key comes. */
    void key(byte[] key) {
      if (total < next) {
        return;
      }
      keys.add(Key.of(key));
      before.add(total);
      next = total + interval;
      if (keys.size() > COUNT_MAX) {
        interval *= 2;
        keys = everyOther(keys);
        before = everyOther(before);
        next = before.getLast() + interval;
      }
    }

    private static <T> List<T> everyOther(List<T> all) {
      List<T> kept = new ArrayList<>();
      for (int i = 0; i < all.size(); i += 2) {
        kept.add(all.get(i));
      }
      return kept;
    }

    /** A version, of the key last named. */
    void version(long bytes) {
      total += bytes;
    }

    ByteBuffer encode() {
      int bytes = 12;
      for (Key key : keys) {
        bytes += 10 + key.length();
      }
      ByteBuffer out = ByteBuffer.allocate(bytes).putLong(total).putInt(keys.size());
      for (int i = 0; i < keys.size(); i++) {
        byte[] key = keys.get(i).bytes();
        out.putLong(before.get(i)).putShort((short) key.length).put(key);
      }
      return out.flip();
    }
  }

  /** Reads what {@link Builder#encode} wrote. */
  static Samples decode(ByteBuffer in, FileInfo file) {
    long total = in.getLong();
    List<Key> keys = new ArrayList<>();
    List<Long> before = new ArrayList<>();
    for (int left = in.getInt(); left > 0; left--) {
      before.add(in.getLong());
      byte[] key = new byte[in.getShort() & 0xffff];
      in.get(key);
      keys.add(Key.of(key));
    }
    return new Samples(keys, before, total, file.lastKey());
  }

  /** Bytes of all versions: keys, values and a little for each. */
  long total() {
    return total;
  }

  /** About how many of them lie in a range. */
  long bytesIn(KeyRange range) {
    Key end = range.end();
    return Math.max(0, (end == null ? total : bytesBefore(end)) - bytesBefore(range.start()));
  }

  private long bytesBefore(Key key) {
    if (key.compareTo(lastKey) > 0) {
      return total;
    }
    int next = firstNotBefore(key);
    if (next == 0) {
      return 0;
    }
    if (next < keys.size() && keys.get(next).equals(key)) {
      return before.get(next);
    }
    // Somewhere between two samples: half way.
    long following = next < keys.size() ? before.get(next) : total;
    return (before.get(next - 1) + following) / 2;
  }

  private int firstNotBefore(Key key) {
    int low = 0;
    int high = keys.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (keys.get(middle).compareTo(key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Takes a key and the bytes that lie between it and the next sample. */
  interface Visitor {
    void visit(Key key, long bytes);
  }

  /** Shows the samples in a range. */
  void visit(KeyRange range, Visitor visitor) {
    for (int i = firstNotBefore(range.start()); i < keys.size(); i++) {
      if (!range.contains(keys.get(i))) {
        return;
      }
      long following = i + 1 < keys.size() ? before.get(i + 1) : total;
      visitor.visit(keys.get(i), following - before.get(i));
    }
  }
}
