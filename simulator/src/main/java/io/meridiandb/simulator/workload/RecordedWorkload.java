package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.check.Op;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workload whose transactions are written down and judged by the checkers at the end. */
abstract class RecordedWorkload implements Workload {
  private static final int TRIES = 200;
  private static final int PAST_OF = 4;
  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

  private final Run run;
  private final String name;
  private final int pauseMillisMax;
  private final Recorder recorder;
  private final RandomSource ages;

  /**
   * A workload.
   *
   * @param readCycles whether every value is written once, so that the cycle checker may look
   * @param pauseMillisMax how long a client thinks at most between two transactions
   */
  RecordedWorkload(Run run, String name, boolean readCycles, int pauseMillisMax) {
    this.run = run;
    this.name = name;
    this.pauseMillisMax = pauseMillisMax;
    this.recorder = new Recorder(run, name, readCycles);
    this.ages = run.random("ages").fork(name);
  }

  final Run run() {
    return run;
  }

  final Recorder recorder() {
    return recorder;
  }

  /** One transaction of a client. */
  abstract void step(int number, SqlClient client, RandomSource random);

  /** Reads all that there is, at the end. */
  abstract void readAll(Tape tape) throws SqlFailed, LinkLost;

  /** What must hold of the last reads beyond what the checkers know. */
  void checkLast(List<Op> seen) {}

  @Override
  public final void run(int number, SqlClient client) {
    RandomSource random = client.random().fork(name);
    while (!run.isOver()) {
      step(number, client, random);
      client.pause(Duration.ofMillis(random.nextInt(pauseMillisMax)));
    }
  }

  @Override
  public final void check(SqlClient client) {
    for (int i = 0; i < TRIES; i++) {
      Tape tape = new Tape(client, "");
      Ending ending = client.transaction(ignored -> readAll(tape));
      if (ending.isCommitted()) {
        recorder.last(tape.ops());
        checkLast(tape.ops());
        recorder.judge();
        return;
      }
      client.pause(RETRY_PAUSE);
    }
    run.violation(name + ": without faults, still no answer to the last reads");
  }

  /** Runs a transaction of the set-up; leases may be shorter than distances, so leaders change. */
  final void surely(SqlClient client, Recorder.Body body) {
    Ending ending = recorder.readWrite(client, body);
    for (int i = 0; i < TRIES && ending.kind() == Ending.Kind.ABORTED; i++) {
      client.pause(RETRY_PAUSE);
      ending = recorder.readWrite(client, body);
    }
    if (!ending.isCommitted()) {
      throw new AssertionError("no faults yet, but " + ending);
    }
  }

  /** A number that nobody had before. */
  final long unique() {
    return run.unique();
  }

  /** A query about now or, now and then, about the past; null if it failed. */
  final @Nullable List<Op> query(SqlClient client, Recorder.Body body) {
    return ages.chance(1, PAST_OF)
        ? recorder.past(client, Age.draw(ages), body)
        : recorder.query(client, body);
  }
}
