package io.meridiandb.row.schema;

/** The number of a state of the catalog; grows by one with each committed batch of DDL. */
public record SchemaVersion(long value) implements Comparable<SchemaVersion> {
  /** The empty catalog of a new universe. */
  public static final SchemaVersion INITIAL = new SchemaVersion(0);

  /** For system tables, whose schema is compiled in and never changes (protocol G15). */
  public static final SchemaVersion EXEMPT = new SchemaVersion(-1);

  @Override
  public int compareTo(SchemaVersion other) {
    return Long.compare(value, other.value);
  }
}
