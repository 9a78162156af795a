package io.meridiandb.simulator.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Takes the commit timestamps for a certificate of strict serializability and checks it: replayed
 * in their order, every transaction saw exactly what it had to see, and the order agrees with real
 * time. A database that lies about timestamps can only raise a false alarm, never hide an anomaly.
 *
 * <p>Streaming: {@link #add} in the order in which transactions returned, {@link #seal} now and
 * then with a timestamp that no later one will fall below, {@link #finish} at the end. What is
 * sealed is forgotten but for the newest version of each key. O(log window) a transaction.
 *
 * <p>A read-only transaction at timestamp r may be answered from before its request as long as
 * nothing that it read changed between r and what had been acknowledged by then (Spanner's
 * LastTS()); it then counts as if read at that later moment.
 */
public final class CertificateChecker {
  private static final int FINDINGS_MAX = 20;

  /** What is to be looked at when the replay comes to a timestamp; lower ranks first. */
  private record Step(long timestamp, int rank, Txn txn) {}

  private static final int COMMIT = 0;
  private static final int READ = 1;
  private static final int STILL_VALID = 2;

  private final boolean trueTime;
  private final RealTimeOrder realTime = new RealTimeOrder();

  /**
   * The latest begin among commits up to each timestamp: the same order, moments and stamps
   * swapped.
   */
  private final RealTimeOrder begun = new RealTimeOrder();

  private final PriorityQueue<Step> steps =
      new PriorityQueue<>(
          Comparator.comparingLong(Step::timestamp)
              .thenComparingInt(Step::rank)
              .thenComparingLong(step -> step.txn.id()));
  private final NavigableMap<Long, KeyState> keys = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private long sealed = Long.MIN_VALUE;
  private long checked;

  /**
   * A checker without any history yet.
   *
   * @param trueTime whether timestamps and spans lie on one axis: then a commit must also lie
   *     between its request and its answer (commit wait)
   */
  public CertificateChecker(boolean trueTime) {
    this.trueTime = trueTime;
  }

  /** The next transaction, in the order of returns; those without an answer at any time. */
  public void add(Txn txn) {
    switch (txn.outcome()) {
      case ABORTED -> checked++;
      case UNKNOWN -> possible(txn);
      case COMMITTED -> committed(txn);
    }
  }

  private void possible(Txn txn) {
    checked++;
    for (Op op : txn.ops()) {
      switch (op) {
        case Op.Write write -> key(write.key()).mayHave(op);
        case Op.Increment add -> key(add.key()).mayHave(op);
        case Op.Append append -> key(append.key()).mayHave(op);
        case Op.Read _, Op.ReadList _, Op.ReadRange _ -> {}
      }
    }
  }

  private void committed(Txn txn) {
    checked++;
    if (txn.timestamp() == 0) {
      return;
    }
    if (txn.timestamp() <= sealed) {
      found("late timestamp", "all up to " + sealed + " had been told before", txn);
      return;
    }
    if (txn.kind() == Txn.Kind.STALE_READ) {
      steps.add(new Step(txn.timestamp(), READ, txn));
      return;
    }
    long before = realTime.returnedBefore(txn.span().invoked());
    if (txn.kind() == Txn.Kind.READ_WRITE) {
      checkTimes(txn, before);
      steps.add(new Step(txn.timestamp(), COMMIT, txn));
      realTime.returned(txn.span().returned(), txn.timestamp());
    } else {
      steps.add(new Step(txn.timestamp(), READ, txn));
      if (before > txn.timestamp()) {
        steps.add(new Step(before, STILL_VALID, txn));
      }
    }
  }

  private void checkTimes(Txn txn, long before) {
    if (txn.timestamp() <= before) {
      found(
          "real time",
          "a transaction with timestamp " + before + " had been acknowledged before this began",
          txn);
    }
    if (trueTime && txn.timestamp() > txn.span().returned()) {
      found("commit wait", "acknowledged before its timestamp had passed", txn);
    }
    if (trueTime && txn.timestamp() < txn.span().invoked()) {
      found("timestamp in the past", "its timestamp lies before its request", txn);
    }
  }

  /** No transaction added from now on has a timestamp up to this one. */
  public void seal(long timestamp) {
    sealed = Math.max(sealed, timestamp);
    List<Txn> tied = new ArrayList<>();
    for (Step next = steps.peek(); next != null && next.timestamp <= sealed; next = steps.peek()) {
      steps.poll();
      switch (next.rank) {
        case COMMIT -> {
          tied.add(next.txn);
          Step after = steps.peek();
          if (after == null || after.rank != COMMIT || after.timestamp != next.timestamp) {
            commitTogether(tied);
            tied.clear();
          }
        }
        case READ -> {
          replay(next.txn, new LinkedHashMap<>());
          if (next.txn.kind() == Txn.Kind.STRONG_READ) {
            checkBegun(next.txn);
          }
        }
        default -> stillValid(next.txn, next.timestamp);
      }
    }
  }

  /** Checks the rest; returns all that was found, at most twenty. */
  public List<Finding> finish() {
    seal(Long.MAX_VALUE);
    return findings();
  }

  /** What was found so far. */
  public List<Finding> findings() {
    return List.copyOf(findings);
  }

  /** Transactions looked at. */
  public long checked() {
    return checked;
  }

  /** Transactions of one timestamp: legal if none writes what another reads or writes. */
  private void commitTogether(List<Txn> tied) {
    List<Map<Long, KeyState>> overlays = new ArrayList<>();
    for (Txn txn : tied) {
      Map<Long, KeyState> overlay = new LinkedHashMap<>();
      replay(txn, overlay);
      overlays.add(overlay);
    }
    for (int i = 0; i < tied.size(); i++) {
      for (int j = 0; j < tied.size() && tied.size() > 1; j++) {
        Map<Long, KeyState> written = overlays.get(j);
        if (i != j && touches(tied.get(i), written)) {
          found(
              "tie", "its timestamp is that of another that it touches", tied.get(i), tied.get(j));
        }
      }
      begun.returned(tied.get(i).timestamp(), tied.get(i).span().invoked());
      for (Op op : tied.get(i).ops()) {
        write(op, tied.get(i).timestamp());
      }
    }
  }

  private static boolean touches(Txn txn, Map<Long, KeyState> written) {
    return txn.ops().stream()
        .anyMatch(op ->
            switch (op) {
              case Op.Read read -> written.containsKey(read.key());
              case Op.ReadList read -> written.containsKey(read.key());
              case Op.Write write -> written.containsKey(write.key());
              case Op.Increment add -> written.containsKey(add.key());
              case Op.Append append -> written.containsKey(append.key());
              case Op.ReadRange range ->
                  written.keySet().stream()
                      .anyMatch(key -> key >= range.from() && key < range.to());
            });
  }

  private void write(Op op, long at) {
    switch (op) {
      case Op.Write write -> key(write.key()).apply(op, at);
      case Op.Increment add -> key(add.key()).apply(op, at);
      case Op.Append append -> key(append.key()).apply(op, at);
      case Op.Read _, Op.ReadList _, Op.ReadRange _ -> {}
    }
  }

  /** Compares all that a transaction saw with the state; its own writes are in the overlay. */
  private void replay(Txn txn, Map<Long, KeyState> own) {
    for (Op op : txn.ops()) {
      switch (op) {
        case Op.Read read -> {
          KeyState state = own.getOrDefault(read.key(), key(read.key()));
          expect(state.shows(read.value()), txn, op, state);
        }
        case Op.ReadList read -> {
          KeyState state = own.getOrDefault(read.key(), key(read.key()));
          expect(state.shows(read.elements()), txn, op, state);
        }
        case Op.ReadRange range -> readRange(txn, range, own);
        case Op.Write write -> overlay(own, write.key()).apply(op, txn.timestamp());
        case Op.Increment add -> overlay(own, add.key()).apply(op, txn.timestamp());
        case Op.Append append -> overlay(own, append.key()).apply(op, txn.timestamp());
      }
    }
  }

  private KeyState overlay(Map<Long, KeyState> own, long key) {
    return own.computeIfAbsent(key, number -> key(number).copy());
  }

  private void readRange(Txn txn, Op.ReadRange range, Map<Long, KeyState> own) {
    NavigableMap<Long, KeyState> all =
        new TreeMap<>(keys.subMap(range.from(), true, range.to(), false));
    own.forEach((key, state) -> {
      if (key >= range.from() && key < range.to()) {
        all.put(key, state);
      }
    });
    long last = Long.MIN_VALUE;
    for (Op.Row row : range.rows()) {
      boolean ordered = row.key() >= range.from() && row.key() < range.to() && row.key() > last;
      last = row.key();
      KeyState state = all.remove(row.key());
      boolean right = ordered && state != null && state.shows(row.value());
      expect(right, txn, row, state == null ? "no row" : state);
    }
    all.forEach((key, state) -> expect(state.shows(Op.ABSENT), txn, range, key + ":" + state));
  }

  private void expect(boolean right, Txn txn, Object seen, Object must) {
    if (!right) {
      found("wrong read", "it saw " + seen + ", but at its timestamp there was " + must, txn);
    }
  }

  /**
   * A read may be at a timestamp that is still to come; what it proves to be over is the newest
   * version that it saw. Whoever began after it had returned has a later timestamp than that.
   */
  private void checkBegun(Txn txn) {
    long newest = Long.MIN_VALUE;
    for (Op op : txn.ops()) {
      newest = Math.max(newest, newest(op));
    }
    if (trueTime && newest > txn.span().returned()) {
      found("read of the future", "it saw a write of " + newest + ", which had not passed", txn);
    }
    if (newest != Long.MIN_VALUE && begun.returnedBefore(newest + 1) > txn.span().returned()) {
      found(
          "real time",
          "it saw a write of " + newest + "; one with a smaller timestamp began after its return",
          txn);
    }
  }

  private long newest(Op op) {
    return switch (op) {
      case Op.Read read -> key(read.key()).timestamp();
      case Op.ReadList read -> key(read.key()).timestamp();
      case Op.ReadRange range ->
          keys.subMap(range.from(), true, range.to(), false).values().stream()
              .mapToLong(KeyState::timestamp)
              .max()
              .orElse(Long.MIN_VALUE);
      case Op.Write _, Op.Increment _, Op.Append _ -> Long.MIN_VALUE;
    };
  }

  /** Nothing that a read-only transaction saw may have changed up to {@code until}. */
  private void stillValid(Txn txn, long until) {
    for (Op op : txn.ops()) {
      boolean valid =
          switch (op) {
            case Op.Read read -> key(read.key()).timestamp() <= txn.timestamp();
            case Op.ReadList read -> key(read.key()).timestamp() <= txn.timestamp();
            case Op.ReadRange range ->
                keys.subMap(range.from(), true, range.to(), false).values().stream()
                    .allMatch(state -> state.timestamp() <= txn.timestamp());
            case Op.Write _, Op.Increment _, Op.Append _ -> true;
          };
      if (!valid) {
        found(
            "stale read",
            op + " had changed by " + until + ", which was acknowledged before it began",
            txn);
      }
    }
  }

  private KeyState key(long key) {
    KeyState state = keys.get(key);
    if (state == null) {
      state = new KeyState();
      keys.put(key, state);
    }
    return state;
  }

  private void found(String what, String why, Txn... transactions) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(new Finding(what, why, List.of(transactions)));
    }
  }
}
