package io.meridiandb.row.key;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.Arrays;

/** Collects the bytes of a key; while it is inverted every byte is written as its complement. */
final class KeyWriter {
  private static final int BYTES_INITIAL = 32;

  private byte[] bytes = new byte[BYTES_INITIAL];
  private int length;
  private int mask;

  /** Whether the bytes that follow are complemented, which turns their order round. */
  void inverted(boolean on) {
    mask = on ? 0xff : 0;
  }

  void put(int value) {
    grow(1);
    bytes[length++] = (byte) (value ^ mask);
  }

  void put(byte[] values) {
    grow(values.length);
    for (byte value : values) {
      bytes[length++] = (byte) (value ^ mask);
    }
  }

  /** The lowest {@code count} bytes of {@code value}, the most significant first. */
  void putBigEndian(long value, int count) {
    grow(count);
    for (int shift = (count - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[length++] = (byte) ((int) (value >>> shift) ^ mask);
    }
  }

  private void grow(int more) {
    long needed = (long) length + more;
    if (needed > Key.BYTES_MAX) {
      throw new MeridianException(
          ErrorCode.PROGRAM_LIMIT_EXCEEDED,
          "the key is longer than the limit of %d bytes".formatted(Key.BYTES_MAX),
          "Long values belong into columns outside of the primary key.",
          0,
          null);
    }
    if (needed > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.max(needed, 2L * bytes.length));
    }
  }

  Key toKey() {
    return Key.of(Arrays.copyOf(bytes, length));
  }
}
