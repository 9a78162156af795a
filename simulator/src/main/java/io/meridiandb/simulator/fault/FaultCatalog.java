package io.meridiandb.simulator.fault;

import java.util.ArrayList;
import java.util.List;

/** All kinds of faults that strike at moments; each seed has some of them. */
public final class FaultCatalog {
  /** Kinds of which most seeds have none. */
  private static final List<FaultKind> RARE = rareOnes();

  private static final List<FaultKind> ALL = all();

  private FaultCatalog() {}

  private static List<FaultKind> all() {
    List<FaultKind> kinds = new ArrayList<>(NetworkFaults.all());
    kinds.addAll(ProcessFaults.all());
    kinds.addAll(DiskFaults.all());
    kinds.addAll(ClockFaults.all());
    kinds.addAll(DirectoryFaults.all());
    kinds.addAll(RARE);
    return List.copyOf(kinds);
  }

  private static List<FaultKind> rareOnes() {
    List<FaultKind> kinds = new ArrayList<>(NetworkFaults.rare());
    kinds.addAll(DiskFaults.rare());
    kinds.addAll(RotFaults.rare());
    return List.copyOf(kinds);
  }

  /**
   * Those that half of all seeds do without. They come last, so that a seed that has none of them
   * is the run that it was before there were any.
   */
  static boolean isRare(FaultKind kind) {
    return RARE.contains(kind);
  }

  /** Those that are done by SQL to placements and directories, which only a whole product knows. */
  static boolean isDoneBySql(FaultKind kind) {
    return DirectoryFaults.all().stream().anyMatch(each -> each.name().equals(kind.name()));
  }

  /**
   * Those that only a whole product can stand: nothing else owns directories, or evicts a clock.
   */
  static boolean needsWholeProduct(FaultKind kind) {
    return isDoneBySql(kind)
        || ClockFaults.all().stream().anyMatch(each -> each.name().equals(kind.name()));
  }

  /** All of them. */
  public static List<FaultKind> kinds() {
    return ALL;
  }

  /**
   * The kind of that name.
   *
   * @throws IllegalArgumentException if there is none; its message lists them
   */
  public static FaultKind named(String name) {
    return ALL.stream()
        .filter(kind -> kind.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "there is no kind of fault '%s'; there are %s".formatted(name, ALL)));
  }
}
