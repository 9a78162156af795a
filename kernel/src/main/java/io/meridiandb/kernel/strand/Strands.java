package io.meridiandb.kernel.strand;

/** Makes strands. */
public interface Strands {
  /**
   * A new strand for event-driven code that never blocks. Strands may share threads.
   *
   * @param name for events and thread dumps
   */
  Strand create(String name);

  /**
   * A new strand whose tasks may block on the disk (the log writer, file builds): with a thread of
   * its own, while there is work.
   *
   * @param name for events and thread dumps
   */
  Strand createBlocking(String name);
}
