package io.meridiandb.kernel.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** An open file. Used by one strand or fiber at a time. */
public interface DiskFile extends AutoCloseable {
  /** Its path in the data folder, for messages. */
  String path();

  /** Its length in bytes. */
  long size() throws IOException;

  /**
   * Reads up to the buffer's remaining bytes at {@code offset}; returns how many, -1 at the end.
   */
  int read(long offset, ByteBuffer into) throws IOException;

  /**
   * Writes all remaining bytes at {@code offset}, growing the file where needed; durable only after
   * {@link #force}.
   */
  void write(long offset, ByteBuffer from) throws IOException;

  /** Cuts or grows (with zeroes) the file to {@code size} bytes. */
  void setSize(long size) throws IOException;

  /**
   * Reserves space so that later writes below {@code size} cannot meet a full disk; the file reads
   * as zeroes there.
   *
   * @throws DiskFullException if there is no room; nothing is lost
   */
  void preallocate(long size) throws IOException;

  /**
   * Makes all bytes written before the call durable. In production the call blocks (call it on a
   * blocking strand or a fiber) and returns a finished future; in simulation it returns at once and
   * the future completes when the simulated disk is done. A failure is final for the server.
   */
  CompletableFuture<Void> force();

  @Override
  void close() throws IOException;
}
