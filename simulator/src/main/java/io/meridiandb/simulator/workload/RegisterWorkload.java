package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Registers that only count up. No increment is lost or done twice; a read shows every increment
 * that was acknowledged before it began, and none that had not begun when it ended; a commit
 * timestamp lies between request and acknowledgement in absolute time (external consistency).
 */
public final class RegisterWorkload implements Workload {
  private static final int REGISTERS = 3;

  /** An increment; {@code end} is when its client knew how it ended, MAX while it does not. */
  private static final class Increment {
    private final Timestamp begin;
    private Timestamp end = Timestamp.MAX;
    private Ending.Kind kind = Ending.Kind.UNKNOWN;

    Increment(Timestamp begin) {
      this.begin = begin;
    }
  }

  private final Run run;
  private final List<List<Increment>> increments = new ArrayList<>();

  /** Reports to {@code run}. */
  public RegisterWorkload(Run run) {
    this.run = run;
    for (int i = 0; i < REGISTERS; i++) {
      increments.add(new ArrayList<>());
    }
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    client.execute(
        "CREATE TABLE registers (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)"
            + run.placementOf("registers"));
    client.execute("INSERT INTO registers (id, n) VALUES (0, 0), (1, 0), (2, 0)");
  }

  @Override
  public void run(int number, SqlClient client) {
    RandomSource random = client.random().fork("registers");
    while (!run.isOver()) {
      int register = random.nextInt(REGISTERS);
      if (random.chance(1, 2)) {
        read(client, register);
      } else {
        increment(client, register);
      }
      client.pause(Duration.ofMillis(random.nextInt(40)));
    }
  }

  private void increment(SqlClient client, int register) {
    Increment increment = new Increment(run.trueTime());
    increments.get(register).add(increment);
    Ending ending = client.update("UPDATE registers SET n = n + 1 WHERE id = ?", of(register));
    increment.kind = ending.kind();
    run.ended(ending);
    if (ending.kind() == Ending.Kind.UNKNOWN) {
      return;
    }
    increment.end = run.trueTime();
    Timestamp commit = new Timestamp(ending.commitNanos());
    if (ending.isCommitted()
        && (commit.isBefore(increment.begin.plusNanos(-run.errorNanos()))
            || commit.isAfter(increment.end.plusNanos(run.errorNanos())))) {
      run.violation(
          "registers: commit timestamp %s lies outside of the request, %s to %s"
              .formatted(commit, increment.begin, increment.end));
    }
  }

  private void read(SqlClient client, int register) {
    Timestamp begin = run.trueTime();
    long least = acknowledgedBefore(register, begin);
    List<List<Value>> rows =
        run.query(client, "SELECT n FROM registers WHERE id = ?", of(register));
    if (rows == null) {
      return;
    }
    long most = increments.get(register).stream().filter(i -> mayShow(i, begin)).count();
    checkValue(register, rows, least, most);
  }

  private void checkValue(int register, List<List<Value>> rows, long least, long most) {
    if (rows.size() != 1) {
      run.violation("registers: register %d has %d rows".formatted(register, rows.size()));
      return;
    }
    long value = rows.getFirst().getFirst().getInteger();
    if (value < least || value > most) {
      run.violation(
          "registers: register %d shows %d, must be %d to %d"
              .formatted(register, value, least, most));
    }
  }

  private long acknowledgedBefore(int register, Timestamp moment) {
    return increments.get(register).stream()
        .filter(i -> i.kind == Ending.Kind.COMMITTED && i.end.isBefore(moment))
        .count();
  }

  /** All that have begun by now, but for those known to be aborted. */
  private static boolean mayShow(Increment increment, Timestamp readBegin) {
    return increment.kind != Ending.Kind.ABORTED || !increment.end.isBefore(readBegin);
  }

  @Override
  public void check(SqlClient client) {
    for (int register = 0; register < REGISTERS; register++) {
      List<List<Value>> rows = run.surely(client, "SELECT n FROM registers WHERE id = " + register);
      long committed = acknowledgedBefore(register, Timestamp.MAX);
      long unknown =
          increments.get(register).stream().filter(i -> i.kind == Ending.Kind.UNKNOWN).count();
      checkValue(register, rows, committed, committed + unknown);
    }
  }

  private static Value of(long value) {
    return Values.ofInteger(Type.Kind.BIGINT, value);
  }
}
