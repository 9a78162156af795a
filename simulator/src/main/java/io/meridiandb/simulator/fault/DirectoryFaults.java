package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.Tables;
import io.meridiandb.simulator.universe.Tables.Table;
import io.meridiandb.simulator.workload.Placements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What people do to directories and placements: no faults, but hard on whoever works meanwhile. */
final class DirectoryFaults {
  private static final String DEFAULT = "\"default\"";
  private static final String SPLIT = "split-directory";
  private static final String MERGE = "merge-directories";
  private static final String MOVE = "move-table";
  private static final String MOVE_DIRECTORY = "move-directory";
  private static final String MOVE_PART = "move-part";
  private static final String CROSSING = "moves-crossing";
  private static final String MOVER_KILLED = "mover-killed";
  private static final String MADE = "placement-made";
  private static final String DROPPED = "placement-dropped";
  private static final String MEMBERS = "members-changed";
  private static final String DDL = "table-made-and-dropped";

  /** Keys of workloads are mostly small. */
  private static final int KEYS = 40;

  private static final int PLACES_TRIED = 4;

  private static final String NOTHING_MOVED = "in 0 rounds";

  private DirectoryFaults() {}

  static List<FaultKind> all() {
    return List.of(
        new FaultKind(MOVE, MOVE, scene -> begin(scene, MOVE, DirectoryFaults::moveTable)),
        new FaultKind(
            MOVE_DIRECTORY,
            MOVE_DIRECTORY,
            scene -> begin(scene, MOVE_DIRECTORY, DirectoryFaults::moveDirectory)),
        new FaultKind(SPLIT, SPLIT, scene -> begin(scene, SPLIT, DirectoryFaults::split)),
        new FaultKind(MERGE, MERGE, scene -> begin(scene, MERGE, DirectoryFaults::merge)),
        new FaultKind(
            MOVE_PART, MOVE_PART, scene -> begin(scene, MOVE_PART, DirectoryFaults::movePart)),
        new FaultKind(CROSSING, CROSSING, DirectoryFaults::crossing),
        new FaultKind(MOVER_KILLED, MOVER_KILLED, DirectoryFaults::moverKilled),
        new FaultKind(MADE, MADE, scene -> makePlacement(scene, MADE)),
        new FaultKind(
            DROPPED, DROPPED, scene -> begin(scene, DROPPED, DirectoryFaults::dropPlacement)),
        new FaultKind(
            MEMBERS,
            MEMBERS,
            scene ->
                begin(
                    scene,
                    MEMBERS,
                    (operator, client) ->
                        changeMembers(operator, client, scene.universe().shape()))),
        new FaultKind(DDL, DDL, scene -> begin(scene, DDL, DirectoryFaults::makeAndDrop)));
  }

  /** A job that needs to know who does it. */
  private interface Work {
    @Nullable Table run(Operator operator, SqlClient client) throws SqlFailed, LinkLost;
  }

  private static void begin(Scene scene, String kind, Work work) {
    Operator operator = scene.operator();
    operator.begin(kind, null, client -> work.run(operator, client));
  }

  private static @Nullable Table moveTable(Operator operator, SqlClient client)
      throws SqlFailed, LinkLost {
    Table table = operator.wholeTable();
    if (table == null || operator.tables().placements().isEmpty()) {
      return null;
    }
    Table moved = null;
    for (int i = 0; moved == null && i < PLACES_TRIED; i++) { // it may lie there already
      moved = move(client, table, destination(operator));
    }
    return moved;
  }

  private static String destination(Operator operator) {
    List<String> places = new ArrayList<>(operator.tables().placements());
    places.add(DEFAULT);
    return places.get(operator.random().nextInt(places.size()));
  }

  private static @Nullable Table move(SqlClient client, Table table, String placement)
      throws SqlFailed, LinkLost {
    List<String> notices =
        client
            .execute("ALTER TABLE %s MOVE TO PLACEMENT %s".formatted(table.name(), placement))
            .notices();
    return notices.stream().allMatch(notice -> notice.contains(NOTHING_MOVED)) ? null : table;
  }

  private static @Nullable Table moveDirectory(Operator operator, SqlClient client)
      throws SqlFailed, LinkLost {
    List<List<String>> directories = new ArrayList<>();
    for (List<String> row : directories(client)) {
      if (!row.getFirst().equals("0") && operator.tableOf(row.get(1)) != null) {
        directories.add(row);
      }
    }
    List<String> directory = operator.oneOf(directories);
    return directory == null ? null : moveDirectory(operator, client, directory);
  }

  /** Number, first key and group of each. */
  private static List<List<String>> directories(SqlClient client) throws SqlFailed, LinkLost {
    return Operator.rows(
        client, "SELECT directory_id, first_key, group_id FROM meridian_sys.directories");
  }

  /** To any group but its own. */
  private static @Nullable Table moveDirectory(
      Operator operator, SqlClient client, List<String> directory) throws SqlFailed, LinkLost {
    List<String> groups = new ArrayList<>();
    for (List<String> row :
        Operator.rows(client, "SELECT group_id FROM meridian_sys.groups WHERE state = 'OPEN'")) {
      if (!row.getFirst().equals(directory.get(2))) {
        groups.add(row.getFirst());
      }
    }
    String group = operator.oneOf(groups);
    if (group == null) {
      return null;
    }
    client.execute(
        "CALL meridian_sys.move_directory(%s, 'group-%s')".formatted(directory.getFirst(), group));
    return operator.tableOf(directory.get(1));
  }

  private static @Nullable Table split(Operator operator, SqlClient client)
      throws SqlFailed, LinkLost {
    Table table = operator.oneOf(operator.tables().all());
    if (table != null) {
      String border = border(operator, table);
      client.execute("CALL meridian_sys.split_directory(%s)".formatted(border));
      operator.borders().add(border);
    }
    return table;
  }

  private static String border(Operator operator, Table table) {
    String place = operator.oneOf(table.rowPlacements());
    int key = operator.random().nextInt(KEYS);
    return "'%s', %s%d".formatted(table.name(), place == null ? "" : "'" + place + "', ", key);
  }

  private static @Nullable Table merge(Operator operator, SqlClient client)
      throws SqlFailed, LinkLost {
    if (operator.borders().isEmpty()) {
      split(operator, client);
    }
    String border = operator.oneOf(operator.borders());
    if (border == null) {
      return null;
    }
    client.execute("CALL meridian_sys.merge_directories(%s)".formatted(border));
    operator.borders().remove(border);
    return operator.tableOf(border.substring(1, border.indexOf('\'', 1)));
  }

  /** Afterwards one table lies in two groups. */
  private static @Nullable Table movePart(Operator operator, SqlClient client)
      throws SqlFailed, LinkLost {
    Table table = split(operator, client);
    List<List<String>> parts = new ArrayList<>();
    for (List<String> row : directories(client)) {
      if (table != null && table.equals(operator.tableOf(row.get(1)))) {
        parts.add(row);
      }
    }
    List<String> part = operator.oneOf(parts);
    return part == null ? null : moveDirectory(operator, client, part);
  }

  /** Two who do not know of each other want the same table in two places. */
  private static void crossing(Scene scene) {
    Operator operator = scene.operator();
    Table table = operator.wholeTable();
    if (table == null) {
      return;
    }
    String one = destination(operator);
    String other = destination(operator);
    operator.begin(CROSSING, null, client -> move(client, table, one));
    scene.later(
        scene.between(1, 300),
        () -> operator.begin(CROSSING, null, client -> move(client, table, other)));
  }

  /** Whoever moves a table dies in the middle; the placement driver must end what was begun. */
  private static void moverKilled(Scene scene) {
    Operator operator = scene.operator();
    ServerId mover = scene.victim();
    List<String> over = new ArrayList<>();
    operator.begin(
        MOVER_KILLED,
        mover,
        client -> {
          try {
            moveTable(operator, client);
          } finally {
            over.add("ended");
          }
          return null;
        });
    scene.later(
        scene.between(10, 600),
        () -> {
          if (over.isEmpty() && scene.universe().running().contains(mover)) {
            scene.world().faults().mattered(MOVER_KILLED);
            scene.universe().kill(mover);
            scene.startLater(mover, scene.between(100, 6_000));
          }
        });
  }

  private static void makePlacement(Scene scene, String kind) {
    Operator operator = scene.operator();
    String name = "made_" + operator.nextName();
    Placements.Wanted wanted =
        Placements.draw(name, operator.random().fork(name), scene.universe().shape());
    operator.begin(
        kind,
        null,
        client -> {
          client.execute(wanted.sql());
          operator.tables().placement(name);
          Table table = operator.wholeTable();
          return table == null ? null : move(client, table, name);
        });
  }

  /** Only tables that are placed as a whole are taken out of it first. */
  private static @Nullable Table dropPlacement(Operator operator, SqlClient client)
      throws SqlFailed, LinkLost {
    Tables tables = operator.tables();
    List<String> droppable =
        tables.placements().stream()
            .filter(name ->
                tables.all().stream().noneMatch(table -> table.rowPlacements().contains(name)))
            .toList();
    String name = operator.oneOf(droppable);
    if (name == null) {
      return null;
    }
    tables.dropped(name);
    for (Table table : tables.all()) {
      if (!table.byRow() && liesIn(client, table, name)) {
        move(client, table, destination(operator));
      }
    }
    client.execute("DROP PLACEMENT " + name);
    return Operator.EVERY_TABLE;
  }

  /**
   * A placement's replicas move to other servers, or become more or fewer: groups change their
   * members under load.
   */
  private static @Nullable Table changeMembers(Operator operator, SqlClient client, Shape shape)
      throws SqlFailed, LinkLost {
    String name = operator.oneOf(operator.tables().placements());
    if (name == null) {
      return null;
    }
    List<List<String>> now =
        Operator.rows(
            client,
            "SELECT coalesce(voters, ''), coalesce(witnesses, ''), coalesce(read_only, '')"
                + " FROM meridian_sys.placements WHERE placement = '%s'".formatted(name));
    if (now.isEmpty()) {
      return null; // it was dropped meanwhile
    }
    String options =
        ReplicaMoves.of(now.getFirst())
            .step(operator.random().fork(MEMBERS + operator.nextName()), shape);
    List<List<String>> before = members(client, name);
    client.execute("ALTER PLACEMENT %s OPTIONS (%s)".formatted(name, options));
    return members(client, name).equals(before) ? null : Operator.EVERY_TABLE;
  }

  private static List<List<String>> members(SqlClient client, String placement)
      throws SqlFailed, LinkLost {
    return Operator.rows(
        client,
        "SELECT full_replicas, witnesses, read_only FROM meridian_sys.groups WHERE placement = '%s'"
            .formatted(placement));
  }

  private static boolean liesIn(SqlClient client, Table table, String placement)
      throws SqlFailed, LinkLost {
    return !Operator.rows(
            client,
            "SELECT t.table_name FROM meridian_sys.tables t, meridian_sys.placements p"
                + " WHERE t.placement_id = p.placement_id AND t.table_name = '%s'"
                    .formatted(table.name())
                + " AND p.placement = '%s'".formatted(placement))
        .isEmpty();
  }

  private static @Nullable Table makeAndDrop(Operator operator, SqlClient client)
      throws SqlFailed, LinkLost {
    String name = "passing_" + operator.nextName();
    String placement = operator.oneOf(operator.tables().placements());
    client.execute(
        "CREATE TABLE %s (id BIGINT PRIMARY KEY)%s"
            .formatted(name, placement == null ? "" : " PLACEMENT " + placement));
    client.execute("INSERT INTO %s (id) VALUES (1), (2)".formatted(name));
    client.pause(Duration.ofMillis(operator.random().nextInt(500)));
    client.execute("DROP TABLE " + name);
    return Operator.EVERY_TABLE;
  }
}
