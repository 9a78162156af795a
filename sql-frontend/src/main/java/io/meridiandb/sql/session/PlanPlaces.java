package io.meridiandb.sql.session;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.Universe;
import io.meridiandb.sql.exec.ScanRanges;
import io.meridiandb.sql.plan.PlanText;
import io.meridiandb.sql.plan.physical.KeyRangeSpec;
import io.meridiandb.sql.plan.physical.PhysicalPlan;
import io.meridiandb.sql.plan.physical.PhysicalPlan.TableScan;
import io.meridiandb.txn.gateway.Router;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a plan reads and writes, as far as this server believes: the groups of its key ranges, the
 * replica that is asked, and the round trips between regions that follow from that. The rules are
 * those of the gateway: locks at the leader, reads of the past at the nearest replica, strong reads
 * at a near replica only if the leader is far.
 */
final class PlanPlaces implements PlanText.Notes {
  private final Universe universe;
  private final Router router;
  private final Function<Expr, @Nullable Object> values;
  private final @Nullable TimestampBound bound;
  private final SortedSet<GroupId> written = new TreeSet<>();
  private int readRounds;

  /**
   * Places of a plan.
   *
   * @param values of expressions without input columns
   * @param bound how fresh the reads must be; null in a transaction that locks
   */
  PlanPlaces(
      Universe universe,
      Router router,
      Function<Expr, @Nullable Object> values,
      @Nullable TimestampBound bound) {
    this.universe = universe;
    this.router = router;
    this.values = values;
    this.bound = bound;
  }

  @Override
  public String behind(PhysicalPlan node) {
    return "";
  }

  @Override
  public List<String> below(PhysicalPlan node) {
    return switch (node) {
      case TableScan scan -> reads(scan);
      case PhysicalPlan.Insert insert -> writes(insert.table(), keys(insert));
      // What is not moved is written where its scan, below, has locked it.
      case PhysicalPlan.Update update when moves(update) ->
          writes(update.table(), destination(update));
      default -> List.of();
    };
  }

  /** What the whole statement costs; after all its nodes have been asked for. */
  String summary() {
    StringBuilder text = new StringBuilder("WAN round trips: " + readRounds + " to read");
    if (bound == null) {
      int commit = 0;
      for (GroupId group : written) {
        int rounds = far(router.leader(group).server()) + (router.votesAreFar(group) ? 1 : 0);
        commit = Math.max(commit, rounds);
      }
      text.append(", ").append(commit).append(" to commit in ");
      text.append(written.size()).append(written.size() == 1 ? " group" : " groups");
    }
    return text.toString();
  }

  private List<String> reads(TableScan scan) {
    Map<GroupId, Integer> groups = new TreeMap<>();
    for (KeyRange range : ranges(scan)) {
      for (Router.Located piece : router.cut(range)) {
        groups.merge(piece.group(), 1, Integer::sum);
      }
    }
    List<String> lines = new ArrayList<>();
    int rounds = 0;
    for (Map.Entry<GroupId, Integer> group : groups.entrySet()) {
      ServerId server = server(group.getKey());
      boolean leads = server.equals(router.leader(group.getKey()).server());
      int far = far(server);
      rounds = Math.max(rounds, far);
      lines.add(
          "%s: %d %s, read at %s, %s; %d WAN round %s"
              .formatted(
                  group.getKey(),
                  group.getValue(),
                  group.getValue() == 1 ? "key range" : "key ranges",
                  place(server),
                  leads
                      ? "its leader"
                      : bound != null && bound.isStrong()
                          ? "a replica that waits for the leader's word"
                          : "a replica",
                  far,
                  far == 1 ? "trip" : "trips"));
      if (bound == null) {
        written.add(group.getKey()); // locks make it a participant
      }
    }
    readRounds += rounds;
    return lines;
  }

  private ServerId server(GroupId group) {
    ServerId leader = router.leader(group).server();
    if (bound == null) {
      return leader;
    }
    ServerId nearest = router.replicas(group).getFirst();
    boolean nearer = router.near(nearest) && !router.near(leader);
    return !bound.isStrong() || nearer ? nearest : leader;
  }

  private int far(ServerId server) {
    return router.near(server) ? 0 : 1;
  }

  private String place(ServerId server) {
    ServerPlace place = universe.topology().find(server);
    return place == null ? server.toString() : place.name() + " (" + place.zone() + ")";
  }

  private List<KeyRange> ranges(TableScan scan) {
    KeyCodec codec = KeyCodec.of(scan.table());
    try {
      return ScanRanges.of(scan, codec, values);
    } catch (MeridianException | UnknownValueException e) {
      return everywhere(scan);
    }
  }

  /** Values are missing: any row that the placements allow. */
  private static List<KeyRange> everywhere(TableScan scan) {
    TableScan whole =
        new TableScan(
            scan.table(),
            List.of(KeyRangeSpec.ALL),
            null,
            scan.output(),
            scan.aggregates(),
            scan.options().in(null),
            scan.columns());
    return ScanRanges.of(whole, KeyCodec.of(scan.table()), value -> null);
  }

  /** A parameter has no value when a plan is only shown. */
  static final class UnknownValueException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** The keys of an INSERT's rows, if they are all known; otherwise null. */
  private @Nullable List<KeyRange> keys(PhysicalPlan.Insert insert) {
    if (!(insert.input() instanceof PhysicalPlan.Values rows)) {
      return null;
    }
    KeyCodec codec = KeyCodec.of(insert.table());
    List<KeyRange> keys = new ArrayList<>();
    try {
      for (List<Expr> row : rows.rows()) {
        @Nullable Object[] tuple = row.stream().map(values).toArray();
        keys.add(KeyRange.point(codec.encode(tuple)));
        for (Key other : codec.encodeElsewhere(tuple)) {
          keys.add(KeyRange.point(other));
        }
      }
    } catch (MeridianException | UnknownValueException e) {
      return null;
    }
    return keys;
  }

  private static boolean moves(PhysicalPlan.Update update) {
    return update.assigned().stream()
        .anyMatch(column ->
            column == update.table().placementColumn()
                || update.table().primaryKey().stream().anyMatch(part -> part.column() == column));
  }

  /** Where rows go if all that changes is their placement, and the new one is known. */
  private @Nullable List<KeyRange> destination(PhysicalPlan.Update update) {
    TableDescriptor table = update.table();
    int column = table.placementColumn();
    boolean alone =
        update.assigned().contains(column)
            && table.primaryKey().stream()
                .noneMatch(part -> update.assigned().contains(part.column()));
    if (!alone || !(update.input() instanceof TableScan scan)) {
      return null;
    }
    Expr name = scan.output().get(table.columns().size() + update.assigned().indexOf(column));
    try {
      KeyCodec codec = KeyCodec.of(table);
      Long id = name instanceof Expr.Column ? null : codec.placement(values.apply(name));
      return id == null ? null : List.of(codec.in(id).prefixRange(List.of()));
    } catch (MeridianException | UnknownValueException e) {
      return null;
    }
  }

  private List<String> writes(TableDescriptor table, @Nullable List<KeyRange> keys) {
    SortedSet<GroupId> groups = new TreeSet<>();
    if (keys != null) {
      for (KeyRange key : keys) {
        router.cut(key).forEach(piece -> groups.add(piece.group()));
      }
    } else {
      for (KeyCodec placed : KeyCodec.of(table).perPlacement()) {
        router.cut(placed.prefixRange(List.of())).forEach(piece -> groups.add(piece.group()));
      }
    }
    written.addAll(groups);
    List<String> lines = new ArrayList<>();
    for (GroupId group : groups) {
      lines.add(
          "%s: written at %s, its leader%s"
              .formatted(
                  group,
                  place(router.leader(group).server()),
                  router.votesAreFar(group) ? "; votes come from other regions" : ""));
    }
    return lines;
  }
}
