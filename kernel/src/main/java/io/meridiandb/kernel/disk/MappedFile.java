package io.meridiandb.kernel.disk;

import java.lang.foreign.MemorySegment;

/** A file mapped read-only. A read after {@link #close} throws, it never crashes the JVM. */
public interface MappedFile extends AutoCloseable {
  /** The whole file. */
  MemorySegment segment();

  /** Unmaps it at once. */
  @Override
  void close();
}
