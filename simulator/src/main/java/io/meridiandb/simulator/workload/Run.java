package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.universe.Tables;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the workloads of one run share: whether it goes on, absolute time, and what they found. */
public final class Run {
  private static final int VIOLATIONS_MAX = 20;
  private static final int QUERY_TRIES = 200;
  private static final int ROW_WISE_OF = 4;
  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

  private final Setting setting;
  private final List<String> violations = new ArrayList<>();
  private final Map<String, Long> endings = new TreeMap<>();
  private boolean over;
  private long committed;
  private long queries;
  private long lastUnique;
  private List<String> placements = List.of();
  private int tablesMade;

  /** In one place. */
  public Run(Setting setting) {
    this.setting = setting;
  }

  /** Clients finish what they do and stop. */
  public void stop() {
    over = true;
  }

  /** Whether clients shall stop. */
  public boolean isOver() {
    return over;
  }

  /** Absolute time, give or take {@link #errorNanos}. */
  public Timestamp trueTime() {
    return setting.trueTime();
  }

  /** How far off {@link #trueTime} may be; 0 in a simulated universe. */
  long errorNanos() {
    return setting.errorNanos();
  }

  /** Something is not as it must be. */
  public void violation(String what) {
    if (violations.size() < VIOLATIONS_MAX) {
      violations.add("at " + setting.found(what) + ": " + what);
    }
  }

  /** All that is not as it must be, in the order found; after twenty, no more are taken. */
  public List<String> violations() {
    return List.copyOf(violations);
  }

  /** A transaction has ended. */
  public void ended(Ending ending) {
    endings.merge(ending.kind().name(), 1L, Long::sum);
    if (ending.isCommitted()) {
      committed++;
    }
  }

  /** How many transactions ended how. */
  public Map<String, Long> endings() {
    return new TreeMap<>(endings);
  }

  /** Transactions that committed, and queries that were answered. */
  public long transactions() {
    return committed + queries;
  }

  /** A recorded query was answered. */
  void queryAnswered() {
    queries++;
  }

  /** A recorded query failed; that is no violation, faults may do so. */
  void queryFailed() {
    endings.merge("QUERY FAILED", 1L, Long::sum);
  }

  /** A number that nobody had before in this run. */
  long unique() {
    return ++lastUnique;
  }

  /**
   * What CREATE TABLE says about where a whole table lies: empty for the default placement, or
   * {@code PLACEMENT name}. From then on it may be moved.
   */
  String placementOf(String table) {
    setting.tables().made(new Tables.Table(table, List.of()));
    if (placements.isEmpty()) {
      return "";
    }
    int turn = tablesMade++ % (placements.size() + 1);
    return turn == 0 ? "" : " PLACEMENT " + placements.get(turn - 1);
  }

  /**
   * Whether the rows of a table shall say where they are kept.
   *
   * @return the placements that they may name; empty if the table is to be placed as a whole
   */
  List<String> rowPlacementsOf(String table) {
    RandomSource random = setting.random("tables").fork(table);
    if (placements.isEmpty() || !random.chance(1, ROW_WISE_OF)) {
      return List.of();
    }
    setting.tables().made(new Tables.Table(table, placements));
    return placements;
  }

  /** Tables made from now on take the default placement and these in turn. */
  void placements(List<String> names) {
    placements = List.copyOf(names);
    names.forEach(setting.tables()::placement);
  }

  /** Whether there is no placement besides the default one, and so nothing to move. */
  boolean placesNothing() {
    return setting.tables().placements().isEmpty();
  }

  /** Random numbers of the run, by the name of what they are for. */
  RandomSource random(String name) {
    return setting.random(name);
  }

  /** How far the clocks of servers may be off, in nanoseconds. */
  long clockBoundNanos() {
    return setting.clockBoundNanos();
  }

  /** The rows of a query, or null if it failed; that is no violation, faults may do so. */
  public @Nullable List<List<Value>> query(SqlClient client, String sql, Value... parameters) {
    try {
      List<List<Value>> rows = client.execute(sql, parameters).rows();
      queries++;
      return rows;
    } catch (SqlFailed | LinkLost e) {
      endings.merge("QUERY FAILED", 1L, Long::sum);
      return null;
    }
  }

  /** The rows of a query in a universe without faults, tried for some virtual time. */
  public List<List<Value>> surely(SqlClient client, String sql) {
    String last = "";
    for (int i = 0; i < QUERY_TRIES; i++) {
      try {
        return client.execute(sql).rows();
      } catch (SqlFailed | LinkLost e) {
        last = String.valueOf(e.getMessage());
        client.pause(RETRY_PAUSE);
      }
    }
    throw new AssertionError("without faults, still no answer to " + sql + ": " + last);
  }
}
