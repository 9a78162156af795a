package io.meridiandb.spanserver.tablet;

import java.io.File;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.mapdb.volume.Volume;

/** What MapDB's view of a mapped file and of a file being built have in common: one buffer. */
abstract class MemoryVolume extends Volume {
  /** The bytes; always read and written by position. */
  abstract ByteBuffer buffer();

  @Override
  public final long getLong(long offset) {
    return buffer().getLong((int) offset);
  }

  @Override
  public final int getInt(long offset) {
    return buffer().getInt((int) offset);
  }

  @Override
  public final byte getByte(long offset) {
    return buffer().get((int) offset);
  }

  @Override
  public final org.mapdb.DataInput2 getDataInput(long offset, int size) {
    return new org.mapdb.DataInput2.ByteBuffer(buffer(), (int) offset);
  }

  @Override
  public final void getData(long offset, byte[] into, int position, int size) {
    buffer().get((int) offset, into, position, size);
  }

  @Override
  public final void sync() {
    // Durability is the business of the tablet, which writes the file itself.
  }

  @Override
  public final int sliceSize() {
    return -1;
  }

  @Override
  public final boolean isSliced() {
    return false;
  }

  @Override
  public final @Nullable File getFile() {
    return null;
  }

  @Override
  public final boolean getFileLocked() {
    return false;
  }
}
