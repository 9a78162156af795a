package io.meridiandb.simulator.client;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.List;

/**
 * A client of a database, simulated or real, that knows how each of its transactions ended. For one
 * thread or fiber.
 */
public interface SqlClient {
  /** Statements of one transaction. */
  interface Body {
    /** Runs them through {@link #execute}; the client commits afterwards. */
    void run(SqlClient client) throws SqlFailed, LinkLost;
  }

  /**
   * What a statement gave.
   *
   * @param rows its rows, empty if it has none
   * @param commitNanos when the transaction that it was committed; 0 if it committed nothing
   * @param readNanos the moment that it has read; 0 if there was not one moment
   * @param notices what the server has to say besides
   */
  record Answer(List<List<Value>> rows, long commitNanos, long readNanos, List<String> notices) {
    public Answer {
      notices = List.copyOf(notices);
    }
  }

  /** Executes one statement in the open transaction, or in one of its own. */
  Answer execute(String sql, Value... parameters) throws SqlFailed, LinkLost;

  /** Runs one statement that writes, as a transaction of its own; never fails. */
  Ending update(String sql, Value... parameters);

  /** Runs a transaction of several statements, once; never fails. */
  Ending transaction(Body body);

  /** The client's own random numbers. */
  RandomSource random();

  /** Waits; in a simulated universe others go on and virtual time passes. */
  void pause(Duration length);
}
