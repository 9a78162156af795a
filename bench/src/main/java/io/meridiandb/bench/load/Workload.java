package io.meridiandb.bench.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;

/** What clients do over and over. One instance serves all clients. */
public interface Workload {
  /** One client's share: its connection and statements. */
  interface Client extends AutoCloseable {
    /**
     * One operation; 40001 may escape and means: again.
     *
     * @param random the client's own numbers
     */
    void operation(SplittableRandom random) throws SQLException;

    @Override
    void close() throws SQLException;
  }

  /** As on the command line. */
  String name();

  /** Makes the tables and rows if they are not there. */
  void prepare(Connection connection) throws SQLException;

  /** A client on a connection of its own, serializable like all. */
  Client client(Connection connection) throws SQLException;

  /**
   * Looks whether all is as it must be after a run.
   *
   * @throws IllegalStateException if it is not: then the figures are worth nothing
   */
  void check(Connection connection) throws SQLException;

  /** All workloads, over tables of so many rows. */
  static List<Workload> all(int rows) {
    return List.of(
        new KeyValueWorkload(false, rows), new KeyValueWorkload(true, rows), new BankWorkload());
  }
}
