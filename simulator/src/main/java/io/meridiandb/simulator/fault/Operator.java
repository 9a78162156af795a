package io.meridiandb.simulator.fault;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.client.FrameClient;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.simulator.universe.Tables;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who changes where data lies by SQL, while clients work and faults strike: each job is a
 * client of its own.
 */
final class Operator {
  /** What is done once; on a fiber of the client's machine. */
  interface Job {
    /**
     * Does it.
     *
     * @return what was changed, or null if nothing was
     */
    Tables.@Nullable Table run(SqlClient client) throws SqlFailed, LinkLost;
  }

  /** Stands for all tables, of jobs that concern whoever has planned a statement. */
  static final Tables.Table EVERY_TABLE = new Tables.Table("", List.of());

  private static final int TRIES = 8;
  private static final Duration RETRY_PAUSE = Duration.ofMillis(300);

  private final SimulatedUniverse universe;
  private final RandomSource random;
  private final BooleanSupplier over;
  private final List<String> borders = new ArrayList<>();
  private long names;

  /**
   * Works at a universe.
   *
   * @param over whether nothing is to be begun or tried again any more
   */
  Operator(SimulatedUniverse universe, RandomSource random, BooleanSupplier over) {
    this.universe = universe;
    this.random = random;
    this.over = over;
  }

  RandomSource random() {
    return random;
  }

  Tables tables() {
    return universe.tables();
  }

  /** A number that no name had before. */
  long nextName() {
    return names++;
  }

  /** Where directories were split, as the arguments of the procedures. */
  List<String> borders() {
    return borders;
  }

  /**
   * Does a job in the background. It has fired when it begins; it mattered if it changed something
   * that a client was at work on at that moment.
   *
   * @param only the server to ask; null for any
   */
  void begin(String kind, @Nullable ServerId only, Job job) {
    SimulatedUniverse.Client machine = universe.newClient();
    FrameClient client = new FrameClient(universe, machine);
    if (only != null) {
      client.connectOnlyTo(List.of(only));
    }
    universe.world().faults().fired(kind);
    machine.env().fibers().start(kind, () -> patiently(kind, machine, client, job));
  }

  /** People try again when a server is gone; not for ever. */
  private void patiently(String kind, SimulatedUniverse.Client machine, SqlClient client, Job job) {
    for (int i = 1; i <= TRIES && !over.getAsBoolean(); i++) {
      try {
        Tables.Table changed = job.run(client);
        say(machine, kind + (changed == null ? " did nothing" : " done: " + changed));
        if (changed != null && isBusy(changed)) {
          universe.world().faults().mattered(kind);
        }
        return;
      } catch (SqlFailed | LinkLost e) {
        say(machine, kind + " failed: " + e.getMessage());
        machine.env().fibers().sleep(RETRY_PAUSE);
      }
    }
  }

  private boolean isBusy(Tables.Table changed) {
    return changed.equals(EVERY_TABLE) ? tables().isBusy() : tables().isBusy(changed);
  }

  private static void say(SimulatedUniverse.Client machine, String what) {
    machine.env().events().event(Events.Level.INFO, "operator", what);
  }

  /** One of them; null if there is none. */
  <T> @Nullable T oneOf(List<T> some) {
    return some.isEmpty() ? null : some.get(random.nextInt(some.size()));
  }

  /** A table that lies somewhere as a whole; null if there is none. */
  Tables.@Nullable Table wholeTable() {
    return oneOf(tables().all().stream().filter(table -> !table.byRow()).toList());
  }

  /** The table that a key of a directory belongs to; null if it is none of a workload. */
  Tables.@Nullable Table tableOf(String key) {
    return tables().all().stream()
        .filter(table -> key.equals(table.name()) || key.startsWith(table.name() + "("))
        .findFirst()
        .orElse(null);
  }

  /** The texts or numbers of a query's rows. */
  static List<List<String>> rows(SqlClient client, String sql) throws SqlFailed, LinkLost {
    List<List<String>> rows = new ArrayList<>();
    for (List<Value> row : client.execute(sql).rows()) {
      rows.add(
          row.stream()
              .map(value -> value.hasText() ? value.getText() : "" + value.getInteger())
              .toList());
    }
    return rows;
  }
}
