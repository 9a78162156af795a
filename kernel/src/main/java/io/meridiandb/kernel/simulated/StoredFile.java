package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.disk.SparseBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes behind a name: as the running server sees them, and as the platters hold them. What was
 * changed since the last force may survive a loss of power whole, in part or not at all.
 */
final class StoredFile {
  /** What a disk writes in one piece: a torn write is torn at such a border. */
  static final int SECTOR_BYTES = 512;

  /** How a loss of power treats what was not forced; one kind for a whole crash. */
  enum Loss {
    /** Nothing survives. */
    ALL,
    /** The first changes survive, the one after them is torn. */
    PREFIX,
    /** Any of them survive, whole or torn, in any order: disks reorder. */
    SOME
  }

  /** A change: bytes written, or a new size if {@code bytes} is empty. */
  private record Change(long offset, byte[] bytes) {
    void apply(SparseBytes to) {
      if (bytes.length == 0) {
        to.setSize(offset);
      } else {
        to.write(offset, ByteBuffer.wrap(bytes));
      }
    }
  }

  private SparseBytes seen = new SparseBytes();
  private SparseBytes durable = new SparseBytes();
  private final List<Change> unforced = new ArrayList<>();
  private long changes;

  SparseBytes seen() {
    return seen;
  }

  void write(long offset, byte[] bytes) {
    if (bytes.length > 0) {
      change(new Change(offset, bytes));
    }
  }

  void setSize(long size) {
    change(new Change(size, new byte[0]));
  }

  private void change(Change change) {
    change.apply(seen);
    unforced.add(change);
    changes++;
  }

  boolean hasUnforced() {
    return !unforced.isEmpty();
  }

  /** How many changes were ever made: what a force that starts now must make durable. */
  long changes() {
    return changes;
  }

  /** Makes the first {@code upTo} changes durable. */
  void forced(long upTo) {
    long before = changes - unforced.size();
    int count = (int) Math.max(0, upTo - before);
    List<Change> done = unforced.subList(0, count);
    done.forEach(change -> change.apply(durable));
    done.clear();
  }

  /**
   * Power is lost.
   *
   * @return whether bytes were lost
   */
  boolean losePower(Loss loss, RandomSource random) {
    int survivors = loss == Loss.PREFIX ? random.nextInt(unforced.size() + 1) : 0;
    boolean lost = false;
    for (int i = 0; i < unforced.size(); i++) {
      boolean whole = loss == Loss.SOME ? random.chance(1, 2) : i < survivors;
      boolean torn =
          loss == Loss.SOME ? random.chance(1, 4) : i == survivors && loss == Loss.PREFIX;
      if (whole) {
        unforced.get(i).apply(durable);
      } else {
        lost = true;
        if (torn) {
          tear(unforced.get(i), random);
        }
      }
    }
    unforced.clear();
    seen = durable.copy();
    return lost;
  }

  private void tear(Change change, RandomSource random) {
    int sectors = change.bytes.length / SECTOR_BYTES;
    if (change.bytes.length == 0) {
      return;
    }
    int keep = Math.min(change.bytes.length, (random.nextInt(sectors + 1)) * SECTOR_BYTES);
    if (keep > 0) {
      durable.write(change.offset, ByteBuffer.wrap(change.bytes, 0, keep));
    }
  }

  /** Turns one bit over, in what is seen and in what is durable: rot. */
  void flipBit(long offset, int bit) {
    for (SparseBytes bytes : List.of(seen, durable)) {
      byte[] one = new byte[1];
      if (bytes.read(offset, ByteBuffer.wrap(one)) == 1) {
        one[0] ^= (byte) (1 << bit);
        bytes.write(offset, ByteBuffer.wrap(one));
      }
    }
  }
}
