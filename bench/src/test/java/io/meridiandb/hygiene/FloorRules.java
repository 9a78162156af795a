package io.meridiandb.hygiene;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules that need compiled classes: who may know whom (the floors), which library lives where,
 * and what the deterministic part may not call. Each is a pure function from a class to findings.
 */
final class FloorRules {
  static final String ROOT = "io.meridiandb.";

  /**
   * The modules by package, from the lowest floor to the highest, each with those it may name. It
   * repeats the poms on purpose: a new edge in a pom alone must not open a floor.
   */
  private static final Map<String, Set<String>> MAY_NAME = new LinkedHashMap<>();

  /** Libraries by package prefix, and the packages of ours that may name them. */
  private static final Map<String, List<String>> LIVES_IN = new LinkedHashMap<>();

  static {
    MAY_NAME.put("kernel", Set.of());
    MAY_NAME.put("wire", Set.of());
    MAY_NAME.put("truetime", Set.of("kernel"));
    MAY_NAME.put("row", Set.of("kernel", "wire"));
    MAY_NAME.put("paxos", Set.of("kernel", "truetime"));
    MAY_NAME.put("txn", Set.of("kernel", "wire", "truetime", "row", "paxos"));
    MAY_NAME.put("spanserver", Set.of("kernel", "wire", "truetime", "row", "paxos", "txn"));
    Set<String> engine = Set.of("kernel", "wire", "truetime", "row", "paxos", "txn", "spanserver");
    MAY_NAME.put("placement", engine);
    MAY_NAME.put("sql", plus(engine, "placement"));
    MAY_NAME.put("jdbc", Set.of("wire"));
    MAY_NAME.put("server", plus(engine, "placement", "sql", "jdbc"));
    MAY_NAME.put("simulator", plus(MAY_NAME.get("server"), "server"));
    MAY_NAME.put("junit", Set.of("kernel", "wire", "placement", "jdbc", "simulator"));
    MAY_NAME.put("examples", Set.of("jdbc", "junit"));
    MAY_NAME.put("bench", plus(MAY_NAME.get("server"), "server"));
    MAY_NAME.put("cli", plus(MAY_NAME.get("server"), "server", "simulator", "bench"));

    List<String> commandLine = List.of("server", "simulator", "bench", "cli");
    LIVES_IN.put("io.grpc", List.of("server.net", "jdbc"));
    LIVES_IN.put("io.netty", List.of("server.net", "jdbc"));
    LIVES_IN.put("org.apache.calcite", List.of("sql"));
    LIVES_IN.put("com.google.common", List.of("sql"));
    LIVES_IN.put("org.mapdb", List.of("spanserver"));
    LIVES_IN.put("kotlin", List.of("spanserver"));
    LIVES_IN.put("picocli", commandLine);
    LIVES_IN.put("org.jline", List.of("server"));
    LIVES_IN.put("org.snakeyaml", List.of("server"));
    LIVES_IN.put("org.HdrHistogram", List.of("server", "bench"));
    LIVES_IN.put("org.openjdk.jmh", List.of("bench"));
    LIVES_IN.put("org.slf4j", List.of());
    LIVES_IN.put("java.util.logging", List.of("server", "jdbc")); // java.sql.Driver names it
    LIVES_IN.put(
        "java.sql", List.of("jdbc", "server", "simulator", "junit", "examples", "bench", "cli"));
  }

  private FloorRules() {}

  static Set<String> rules() {
    Set<String> ids = new LinkedHashSet<>(List.of("floor", "library-home"));
    ids.addAll(DeterminismBans.rules());
    return ids;
  }

  private static Set<String> plus(Set<String> some, String... more) {
    Set<String> all = new LinkedHashSet<>(some);
    all.addAll(List.of(more));
    return all;
  }

  static List<Finding> check(JavaClass type) {
    List<Finding> findings = new ArrayList<>();
    String home = home(type.getName());
    Set<String> mayName = MAY_NAME.get(home);
    if (mayName == null) {
      return List.of(new Finding("floor", type.getName(), 1, "no module has package " + home));
    }
    Map<String, Integer> upwards = new TreeMap<>();
    Map<String, Integer> strangers = new TreeMap<>();
    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
      String target = dependency.getTargetClass().getBaseComponentType().getName();
      if (target.startsWith(ROOT)) {
        if (!home(target).equals(home) && !mayName.contains(home(target))) {
          upwards.merge(home(target), 1, Integer::sum);
        }
      } else {
        LIVES_IN.forEach((library, homes) -> {
          if (isWithin(target, library) && !livesIn(type, homes)) {
            strangers.merge(library, 1, Integer::sum);
          }
        });
      }
    }
    String place = outermost(type);
    upwards.forEach((module, count) ->
        findings.add(
            new Finding("floor", place, count, home + " may not name " + module + " (DESIGN 1)")));
    strangers.forEach((library, count) ->
        findings.add(
            new Finding(
                "library-home",
                place,
                count,
                library + " may be named only in " + LIVES_IN.get(library))));
    for (JavaAccess<?> access : type.getAccessesFromSelf()) {
      findings.addAll(DeterminismBans.check(place, access));
    }
    return findings;
  }

  private static boolean livesIn(JavaClass type, List<String> homes) {
    return homes.stream().anyMatch(home -> isWithin(type.getName(), ROOT + home));
  }

  /** The module's package: the word after {@code io.meridiandb.} */
  private static String home(String className) {
    String rest = className.substring(ROOT.length());
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }

  static boolean isWithin(String name, String packageName) {
    return name.startsWith(packageName)
        && (name.length() == packageName.length() || name.charAt(packageName.length()) == '.');
  }

  /** Nested classes and lambdas count for the file's class, so that exceptions name files. */
  static String outermost(JavaClass type) {
    int dollar = type.getName().indexOf('$');
    return dollar < 0 ? type.getName() : type.getName().substring(0, dollar);
  }
}
