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

  private SparseBytes seen = new SparseBytes();
  private SparseBytes durable = new SparseBytes();
  private final List<FileChange> unforced = new ArrayList<>();
  private long changes;

  SparseBytes seen() {
    return seen;
  }

  /** Writes the remaining bytes of {@code from}; the buffer is consumed. */
  void write(long offset, ByteBuffer from) {
    if (from.hasRemaining()) {
      change(FileChange.written(offset, from));
    }
  }

  void setSize(long size) {
    change(FileChange.resized(size));
  }

  private void change(FileChange change) {
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
    List<FileChange> done = unforced.subList(0, count);
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

  private void tear(FileChange change, RandomSource random) {
    if (change.length() == 0) {
      return;
    }
    int sectors = change.length() / SECTOR_BYTES;
    int keep = Math.min(change.length(), (random.nextInt(sectors + 1)) * SECTOR_BYTES);
    if (keep > 0) {
      change.applyFirst(keep, durable);
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

  /** Puts other bytes there, in what is seen and in what is durable: a write that went astray. */
  void damage(long offset, byte[] by) {
    seen.write(offset, ByteBuffer.wrap(by));
    durable.write(offset, ByteBuffer.wrap(by));
  }

  /** Cuts the end off, of what is seen and of what is durable. */
  void cutOff(long size) {
    seen.setSize(Math.min(size, seen.size()));
    durable.setSize(Math.min(size, durable.size()));
  }
}
