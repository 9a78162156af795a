package io.meridiandb.row.key;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;

/** Walks over the bytes of a key; while it is inverted every byte is read as its complement. */
final class KeyReader {
  private final byte[] bytes;
  private int position;
  private int mask;

  KeyReader(Key key) {
    this.bytes = key.bytes();
  }

  void inverted(boolean on) {
    mask = on ? 0xff : 0;
  }

  int remaining() {
    return bytes.length - position;
  }

  int position() {
    return position;
  }

  void skip(int count) {
    if (count > remaining()) {
      throw damaged("ends too early");
    }
    position += count;
  }

  /** The next byte, 0 to 255. */
  int next() {
    if (position == bytes.length) {
      throw damaged("ends too early");
    }
    return (bytes[position++] ^ mask) & 0xff;
  }

  long nextBigEndian(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = value << Byte.SIZE | next();
    }
    return value;
  }

  MeridianException damaged(String what) {
    return new MeridianException(
        ErrorCode.DATA_CORRUPTED, "key %s %s".formatted(Key.of(bytes), what));
  }
}
