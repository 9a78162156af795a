package io.meridiandb.simulator.workload;

import io.meridiandb.simulator.check.CertificateChecker;
import io.meridiandb.simulator.check.CycleChecker;
import io.meridiandb.simulator.check.Finding;
import io.meridiandb.simulator.check.Op;
import io.meridiandb.simulator.check.Txn;
import io.meridiandb.simulator.client.Ending;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs transactions of one workload and writes their history down; both checkers judge it. */
public final class Recorder {
  private static final int FINDINGS_SHOWN = 3;
  private static final long CLOCK_READING_NANOS = 1_000_000;

  /** Statements of one transaction, which write down what they do and see on the tape. */
  public interface Body {
    /** Runs them. */
    void run(Tape tape) throws SqlFailed, LinkLost;
  }

  private final Run run;
  private final String workload;
  private final boolean readCycles;
  private final List<Txn> history = new ArrayList<>();

  /**
   * A history without transactions.
   *
   * @param readCycles whether its values are unique, so that the cycle checker may look at it
   */
  Recorder(Run run, String workload, boolean readCycles) {
    this.run = run;
    this.workload = workload;
    this.readCycles = readCycles;
  }

  /** A transaction that reads and writes; never fails, the ending says how it went. */
  public Ending readWrite(SqlClient client, Body body) {
    Tape tape = new Tape(client, "");
    long invoked = now();
    Ending ending = client.transaction(ignored -> body.run(tape));
    run.ended(ending);
    Txn.Outcome outcome =
        switch (ending.kind()) {
          case COMMITTED -> Txn.Outcome.COMMITTED;
          case ABORTED -> Txn.Outcome.ABORTED;
          case UNKNOWN -> Txn.Outcome.UNKNOWN;
        };
    boolean answered = outcome != Txn.Outcome.UNKNOWN;
    Txn.Span span = new Txn.Span(invoked, answered ? now() : Long.MAX_VALUE);
    // Who wrote nothing is told a time, but not one that is the place of all its reads.
    long timestamp = tape.writes() ? ending.commitNanos() : 0;
    add(span, Txn.Kind.READ_WRITE, outcome, timestamp, tape.ops());
    return ending;
  }

  /** One query of its own, about now; null if it failed. */
  public @Nullable List<Op> query(SqlClient client, Body body) {
    return read(client, body, Txn.Kind.STRONG_READ, null);
  }

  /** One query of its own about the past; null if it failed. */
  @Nullable List<Op> past(SqlClient client, Age age, Body body) {
    return read(client, body, Txn.Kind.STALE_READ, age);
  }

  private @Nullable List<Op> read(SqlClient client, Body body, Txn.Kind kind, @Nullable Age age) {
    Tape tape = new Tape(client, age == null ? "" : age.clause());
    long invoked = now();
    try {
      body.run(tape);
    } catch (SqlFailed | LinkLost e) {
      run.queryFailed();
      return null;
    }
    run.queryAnswered();
    Txn.Span span = new Txn.Span(invoked, now());
    long at = tape.readTimestamp();
    if (age != null && at != 0 && !age.allows(at, invoked, now(), slack())) {
      run.violation(
          "%s: a read that was asked for %s at %d was of %d".formatted(workload, age, invoked, at));
    }
    add(span, kind, Txn.Outcome.COMMITTED, at, tape.ops());
    return tape.ops();
  }

  /** How far off the server's clock may have been, and what it adds for what it cannot read. */
  private long slack() {
    return 2 * run.clockBoundNanos() + CLOCK_READING_NANOS + run.errorNanos();
  }

  /** The reads with which a run ends: after everything, so all that was acknowledged must show. */
  void last(List<Op> ops) {
    Txn.Span span = new Txn.Span(now(), now() + 1);
    // One timestamp for all of them: nobody writes any more.
    add(span, Txn.Kind.STRONG_READ, Txn.Outcome.COMMITTED, now(), ops);
  }

  private void add(
      Txn.Span span, Txn.Kind kind, Txn.Outcome outcome, long timestamp, List<Op> ops) {
    history.add(new Txn(history.size() + 1L, span, kind, outcome, timestamp, ops));
  }

  private long now() {
    return run.trueTime().nanos();
  }

  /** All transactions so far. */
  public List<Txn> history() {
    return List.copyOf(history);
  }

  /** Judges the history; what is wrong becomes violations. */
  void judge() {
    CertificateChecker certificate = new CertificateChecker(run.errorNanos() == 0);
    history.stream()
        .sorted(Comparator.comparingLong(txn -> txn.span().returned()))
        .forEach(certificate::add);
    report("certificate", certificate.finish());
    if (readCycles) {
      report("cycles", CycleChecker.check(history));
    }
  }

  private void report(String checker, List<Finding> findings) {
    findings.stream()
        .limit(FINDINGS_SHOWN)
        .forEach(finding -> run.violation(workload + " (" + checker + "): " + finding));
  }
}
