package io.meridiandb.spanserver.tablet;

import java.io.File;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.mapdb.DataInput2;
import org.mapdb.volume.Volume;

/**
 * What MapDB's view of a tablet file and of one being built have in common: the store stands in
 * parts, because MapDB gives its whole first page of 1 MiB to tables that are nearly empty in an
 * ordinary file. MapDB 3.1.0 has there (StoreDirectJava, StoreDirectAbstract.recidToOffset):
 *
 * <ul>
 *   <li>the header, {@value #HEADER_BYTES} bytes: format, features, how far data, records and pages
 *       go;
 *   <li>4,100 stacks of free space and of free record numbers, one long each. They are used only
 *       when something is written, so a tablet file, which never changes, goes without them;
 *   <li>from {@value #INDEX_START} on the index: a link to the next page of the index, eight bytes
 *       that are not used, and then a long for each record that says where it is;
 *   <li>from {@value #BODY_START} on the body: records, and further pages of the index.
 * </ul>
 *
 * <p>Nothing MapDB writes or reads at once crosses the border of two parts.
 */
abstract class MemoryVolume extends Volume {
  /** MapDB's header without its stacks: they begin here. */
  static final int HEADER_BYTES = 64;

  /** Where the index begins: at the link to its next page. */
  static final int INDEX_START = 32_864;

  /** Where the body begins: the length of a MapDB page. */
  static final int BODY_START = 1 << 20;

  /**
   * The part that has some bytes of the store, always read and written by position; {@link #within}
   * tells where in it they are.
   */
  abstract ByteBuffer part(long offset, int size);

  /** Where in its part a byte of the store is. */
  static int within(long offset) {
    if (offset >= BODY_START) {
      return (int) (offset - BODY_START);
    }
    return (int) (offset >= INDEX_START ? offset - INDEX_START : offset);
  }

  @Override
  public final long getLong(long offset) {
    return part(offset, Long.BYTES).getLong(within(offset));
  }

  @Override
  public final int getInt(long offset) {
    return part(offset, Integer.BYTES).getInt(within(offset));
  }

  @Override
  public final byte getByte(long offset) {
    return part(offset, 1).get(within(offset));
  }

  @Override
  public final DataInput2 getDataInput(long offset, int size) {
    return new DataInput2.ByteBuffer(part(offset, size), within(offset));
  }

  @Override
  public final void getData(long offset, byte[] into, int position, int size) {
    part(offset, size).get(within(offset), into, position, size);
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
