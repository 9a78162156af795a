package io.meridiandb.simulator.workload;

import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;

/** What some clients do, and what must be true then: set up, run, check. */
public interface Workload {
  /** Makes tables and first rows, before there are faults. */
  void setUp(SqlClient client) throws SqlFailed, LinkLost;

  /**
   * What one client does until {@link Run#isOver}; on a fiber of that client's machine.
   *
   * @param number the client's number within the workload, from 0
   */
  void run(int number, SqlClient client);

  /** Looks at the end result, after all faults are healed and all clients have stopped. */
  void check(SqlClient client);
}
