package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** All workloads by name, and which of them a seed draws. */
public final class Workloads {
  private static final int DRAWN_MIN = 2;
  private static final int DRAWN_MORE = 3;
  private static final Map<String, Function<Run, Workload>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("bank", BankWorkload::new);
    ALL.put("inserts", InsertWorkload::new);
    ALL.put("registers", RegisterWorkload::new);
    ALL.put("orders", OrderWorkload::new);
    ALL.put("read-write", ReadWriteWorkload::new);
    ALL.put("list-append", ListAppendWorkload::new);
    ALL.put("ledger", LedgerWorkload::new);
    ALL.put("write-skew", WriteSkewWorkload::new);
    ALL.put("long-fork", LongForkWorkload::new);
    ALL.put("comments", CommentsWorkload::new);
    ALL.put("monotonic", MonotonicWorkload::new);
    ALL.put("set", SetWorkload::new);
    ALL.put("sequential", SequentialWorkload::new);
    ALL.put("claims", ClaimWorkload::new);
  }

  private Workloads() {}

  /** All names. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /** Two to four names, drawn. */
  public static List<String> draw(RandomSource random) {
    List<String> left = new ArrayList<>(ALL.keySet());
    List<String> drawn = new ArrayList<>();
    int count = DRAWN_MIN + random.nextInt(DRAWN_MORE);
    for (int i = 0; i < count; i++) {
      drawn.add(left.remove(random.nextInt(left.size())));
    }
    return drawn;
  }

  /**
   * The workload of that name, for one run.
   *
   * @throws IllegalArgumentException for another name; its message lists the known ones
   */
  public static Workload of(String name, Run run) {
    Function<Run, Workload> made = ALL.get(name);
    if (made == null) {
      throw new IllegalArgumentException(
          "there is no workload '%s'; there are %s".formatted(name, String.join(", ", names())));
    }
    return made.apply(run);
  }
}
