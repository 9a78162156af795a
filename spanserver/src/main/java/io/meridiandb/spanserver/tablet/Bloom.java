package io.meridiandb.spanserver.tablet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A Bloom filter over the keys of a file: 10 bits a key and 6 probes, so one in a hundred keys that
 * are not in the file is looked for in vain. It stands at the end of the file and is read there.
 */
final class Bloom {
  private static final int BITS_PER_KEY = 10;
  private static final int PROBES = 6;

  private Bloom() {}

  /** 64 bits of a key; part of the file format. */
  static long hash(byte[] key) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : key) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return hash ^ (hash >>> 33);
  }

  /** Collects the hashes while the number of keys is not known yet. */
  static final class Builder {
    private long[] hashes = new long[64];
    private int count;

    void add(byte[] key) {
      if (count == hashes.length) {
        hashes = Arrays.copyOf(hashes, count * 2);
      }
      hashes[count++] = hash(key);
    }

    ByteBuffer build() {
      byte[] bits = new byte[Math.max(8, (int) ((long) count * BITS_PER_KEY / 8))];
      for (int i = 0; i < count; i++) {
        for (int probe = 0; probe < PROBES; probe++) {
          long bit = bit(hashes[i], probe, bits.length * 8L);
          bits[(int) (bit >>> 3)] |= (byte) (1 << (bit & 7));
        }
      }
      return ByteBuffer.wrap(bits);
    }
  }

  /** Whether the key with that hash may be among those of the filter. */
  static boolean mayContain(MemorySegment bits, long hash) {
    for (int probe = 0; probe < PROBES; probe++) {
      long bit = bit(hash, probe, bits.byteSize() * 8);
      if ((bits.get(ValueLayout.JAVA_BYTE, bit >>> 3) & (1 << (bit & 7))) == 0) {
        return false;
      }
    }
    return true;
  }

  private static long bit(long hash, int probe, long bits) {
    return Integer.toUnsignedLong((int) hash + probe * (int) (hash >>> 32)) % bits;
  }
}
