package io.meridiandb.row.schema;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.row.type.SqlType;
import java.util.List;

/**
 * Descriptors of the tables that hold the catalog itself. They are compiled in, lie in key space 0
 * and are read and written with {@link SchemaVersion#EXEMPT} (protocol G15).
 */
public final class SystemTables {
  /** Tables with ids below this one are system tables. */
  public static final long FIRST_USER_ID = 1_000;

  /** One row (id 0): the version of the catalog. */
  public static final TableDescriptor SCHEMA_VERSION =
      table(
          1,
          "schema_version",
          column(1, "id", SqlType.SMALLINT),
          column(2, "version", SqlType.BIGINT));

  /**
   * One row for each table, index, database and so on: what kind it is, its name, and its encoded
   * descriptor.
   */
  public static final TableDescriptor OBJECTS =
      table(
          2,
          "objects",
          column(1, "id", SqlType.BIGINT),
          column(2, "kind", SqlType.TEXT),
          column(3, "name", SqlType.TEXT),
          column(4, "definition", SqlType.BYTEA));

  /** One row for each counter that hands out ids: the next id. */
  public static final TableDescriptor COUNTERS =
      table(3, "counters", column(1, "name", SqlType.TEXT), column(2, "next", SqlType.BIGINT));

  /** One row for each placement; lists of zones are separated by commas. */
  public static final TableDescriptor PLACEMENTS =
      table(
          10,
          "placements",
          column(1, "id", SqlType.BIGINT),
          column(2, "name", SqlType.TEXT),
          column(3, "leader", SqlType.TEXT),
          column(4, "voters", SqlType.TEXT),
          column(5, "witnesses", SqlType.TEXT),
          column(6, "read_only", SqlType.TEXT),
          column(7, "mode", SqlType.TEXT));

  /** One row for each Paxos group but number 0; lists of servers are separated by commas. */
  public static final TableDescriptor GROUPS =
      table(
          11,
          "groups",
          column(1, "id", SqlType.BIGINT),
          column(2, "placement_id", SqlType.BIGINT),
          column(3, "state", SqlType.TEXT),
          column(4, "full", SqlType.TEXT),
          column(5, "witnesses", SqlType.TEXT),
          column(6, "read_only", SqlType.TEXT));

  /**
   * METADATA: one row for each directory that was ever carved out of group 0, by the start of its
   * range. An index that follows the groups' own rows ({@link #groupDirectories}).
   */
  public static final TableDescriptor DIRECTORIES =
      table(
          12,
          "directories",
          column(1, "start", SqlType.BYTEA),
          nullable(2, "end", SqlType.BYTEA),
          column(3, "id", SqlType.BIGINT),
          column(4, "generation", SqlType.BIGINT),
          column(5, "group_id", SqlType.BIGINT),
          column(6, "placement_id", SqlType.BIGINT));

  /** One row for each move of a directory; ended ones are kept for a while. */
  public static final TableDescriptor MOVES =
      table(
          13,
          "moves",
          column(1, "id", SqlType.BIGINT),
          column(2, "directory_id", SqlType.BIGINT),
          column(3, "start", SqlType.BYTEA),
          nullable(4, "end", SqlType.BYTEA),
          column(5, "source", SqlType.BIGINT),
          column(6, "destination", SqlType.BIGINT),
          column(7, "placement_id", SqlType.BIGINT),
          column(8, "state", SqlType.TEXT),
          column(9, "rows", SqlType.BIGINT),
          column(10, "bytes", SqlType.BIGINT),
          column(11, "blocked_micros", SqlType.BIGINT),
          column(12, "rounds", SqlType.BIGINT),
          column(13, "started_nanos", SqlType.BIGINT),
          column(14, "driver", SqlType.TEXT));

  /** One row for each master that may be elected: which server it is, and until when. */
  public static final TableDescriptor LEASES =
      table(
          14,
          "leases",
          column(1, "name", SqlType.TEXT),
          column(2, "server", SqlType.BIGINT),
          column(3, "incarnation", SqlType.BIGINT),
          column(4, "epoch", SqlType.BIGINT),
          column(5, "until_nanos", SqlType.BIGINT));

  private static final long LOCAL_FIRST_ID = 900;
  private static final long LOCAL_SCHEMA_VERSION_ID = 900;
  private static final long LOCAL_DIRECTORIES_ID = 901;
  private static final long LOCAL_ARRIVALS_ID = 902;

  private SystemTables() {}

  /**
   * Whether the table with this id is one of a group itself: its rows lie in key space 3 and never
   * leave their group ({@link io.meridiandb.row.key.GroupKeys}).
   */
  public static boolean isLocal(long id) {
    return id >= LOCAL_FIRST_ID && id < FIRST_USER_ID;
  }

  /** A group's copy of {@link #SCHEMA_VERSION}. */
  public static TableDescriptor groupSchemaVersion(GroupId group) {
    return local(
        group,
        table(
            LOCAL_SCHEMA_VERSION_ID,
            "group_schema_version",
            column(1, "id", SqlType.SMALLINT),
            column(2, "version", SqlType.BIGINT)));
  }

  /**
   * What a group knows of key ranges, by their start; ranges do not overlap. The authority: a range
   * is owned by the group whose own row says so. What group 0 has no row of, it owns; what any
   * other group has no row of, it does not. A row that names another owner says where to ask on;
   * {@code servers} are that owner's full replicas, separated by commas.
   */
  public static TableDescriptor groupDirectories(GroupId group) {
    return local(
        group,
        table(
            LOCAL_DIRECTORIES_ID,
            "group_directories",
            column(1, "start", SqlType.BYTEA),
            nullable(2, "end", SqlType.BYTEA),
            column(3, "id", SqlType.BIGINT),
            column(4, "generation", SqlType.BIGINT),
            column(5, "owner", SqlType.BIGINT),
            column(6, "previous", SqlType.BIGINT),
            column(7, "placement_id", SqlType.BIGINT),
            column(8, "servers", SqlType.TEXT)));
  }

  /**
   * Directories that are being copied into a group, by the start of their range. Writing a row
   * empties the range in this group, and names who may put versions into it from then on.
   */
  public static TableDescriptor groupArrivals(GroupId group) {
    return local(
        group,
        table(
            LOCAL_ARRIVALS_ID,
            "group_arrivals",
            column(1, "start", SqlType.BYTEA),
            nullable(2, "end", SqlType.BYTEA),
            column(3, "mover", SqlType.BIGINT),
            column(4, "source", SqlType.BIGINT)));
  }

  private static TableDescriptor local(GroupId group, TableDescriptor table) {
    return table.placed(new Placement.OfTable(group.value(), group.value()));
  }

  private static ColumnDescriptor nullable(int id, String name, SqlType type) {
    return new ColumnDescriptor(id, name, type, true, null);
  }

  private static ColumnDescriptor column(int id, String name, SqlType type) {
    return new ColumnDescriptor(id, name, type, false, null);
  }

  private static TableDescriptor table(long id, String name, ColumnDescriptor... columns) {
    return new TableDescriptor(
        id, name, List.of(columns), List.of(new KeyPart(0, false)), null, false);
  }
}
