package io.meridiandb.hygiene;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What may not be called outside the wiring: everything whose answer differs between two runs of
 * one seed. All of it comes through {@code kernel.Env} instead.
 */
final class DeterminismBans {
  /**
   * Where the outside world comes in: the production Env, the network, the driver, and what runs in
   * the launcher's process before and beside a node (commands, configuration, shell, demo).
   * Benchmarks and the command line stand above every node and measure in real time.
   */
  private static final List<String> WIRING =
      List.of(
          "kernel.system",
          "truetime.system",
          "server.net",
          "server.launcher",
          "server.command",
          "server.config",
          "server.shell",
          "server.demo",
          "jdbc",
          "bench",
          "cli",
          "simulator.cli");

  /**
   * A ban.
   *
   * @param target matched whole against {@code class.method(parameter types)}
   */
  private record Ban(String rule, Pattern target, String instead) {}

  private static final List<Ban> BANS =
      List.of(
          ban(
              "clock",
              "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)\\(.*"
                  + "|java\\.time\\.Clock\\.(system|tick).*"
                  + "|java\\.time\\.\\w+\\.now\\((java\\.time\\.ZoneId)?\\)"
                  + "|java\\.util\\.Date\\.<init>\\(\\)"
                  + "|java\\.util\\.Calendar\\.getInstance\\(.*",
              "TrueTime or Env's Ticker"),
          ban(
              "random",
              "java\\.util\\.UUID\\.randomUUID\\(.*"
                  + "|java\\.lang\\.Math\\.random\\(.*"
                  + "|java\\.util\\.(concurrent\\.ThreadLocalRandom|Random|SplittableRandom)\\..*"
                  + "|java\\.util\\.random\\..*"
                  + "|java\\.security\\.SecureRandom\\..*"
                  + "|java\\.util\\.Collections\\.shuffle\\(java\\.util\\.List\\)",
              "Env's RandomSource"),
          ban(
              "thread",
              "java\\.lang\\.Thread\\.(<init>|start|startVirtualThread|ofVirtual|ofPlatform|sleep"
                  + "|yield|onSpinWait)\\(.*"
                  + "|java\\.lang\\.Thread\\$Builder.*"
                  + "|java\\.util\\.concurrent\\.(Executors|ForkJoinPool|ThreadPoolExecutor"
                  + "|ScheduledThreadPoolExecutor)\\..*"
                  + "|java\\.util\\.Timer\\..*"
                  + "|java\\.util\\.concurrent\\.locks\\.LockSupport\\.park.*"
                  + "|java\\.lang\\.Object\\.(wait|notify|notifyAll)\\(.*"
                  + "|java\\.util\\.[\\w.]+\\.(parallelStream|parallel)\\(\\)"
                  + "|java\\.util\\.concurrent\\.CompletableFuture\\.(orTimeout|completeOnTimeout"
                  + "|delayedExecutor)\\(.*"
                  + "|java\\.util\\.concurrent\\.CompletableFuture\\.\\w+Async\\("
                  + "(?!.*java\\.util\\.concurrent\\.Executor\\)).*",
              "a Strand, Timers, or Env's executor"),
          ban(
              "file",
              "java\\.nio\\.file\\.Files\\..*"
                  + "|java\\.nio\\.channels\\.(FileChannel|AsynchronousFileChannel)\\.open\\(.*"
                  + "|java\\.io\\.(RandomAccessFile|FileInputStream|FileOutputStream|FileReader"
                  + "|FileWriter)\\..*"
                  + "|java\\.io\\.File\\.(createTempFile|delete|exists|list|listFiles|mkdir|mkdirs"
                  + "|renameTo)\\(.*",
              "Env's Disk"),
          ban(
              "socket",
              "java\\.net\\.(Socket|ServerSocket|DatagramSocket)\\..*"
                  + "|java\\.net\\.InetAddress\\.(getByName|getAllByName|getLocalHost)\\(.*"
                  + "|java\\.net\\.http\\..*"
                  + "|com\\.sun\\.net\\.httpserver\\..*"
                  + "|java\\.nio\\.channels\\.\\w*(Socket|Datagram)\\w*\\..*",
              "Env's Transport"),
          ban(
              "identity",
              "java\\.lang\\.System\\.identityHashCode\\(.*|java\\.util\\.IdentityHashMap\\..*",
              "an id of its own"),
          ban(
              "order",
              "java\\.util\\.(Set|Map)\\.(of|ofEntries|copyOf)\\(.+\\)"
                  + "|java\\.util\\.stream\\.Collectors\\.(toUnmodifiableSet|toUnmodifiableMap"
                  + "|toSet)\\(.*"
                  + "|java\\.util\\.Hash(Map|Set)\\.<init>\\(.*",
              "LinkedHashMap, LinkedHashSet, TreeMap, EnumMap or List: order is behaviour"),
          ban(
              "default-locale",
              "java\\.util\\.Locale\\.getDefault\\(.*"
                  + "|java\\.util\\.TimeZone\\.getDefault\\(.*"
                  + "|java\\.time\\.ZoneId\\.systemDefault\\(.*"
                  + "|java\\.nio\\.charset\\.Charset\\.defaultCharset\\(.*",
              "Locale.ROOT, UTC, UTF-8"));

  private DeterminismBans() {}

  private static Ban ban(String rule, String target, String instead) {
    return new Ban(rule, Pattern.compile(target), "use " + instead);
  }

  static Set<String> rules() {
    Set<String> ids = new LinkedHashSet<>();
    BANS.forEach(ban -> ids.add(ban.rule()));
    return ids;
  }

  static List<Finding> check(String place, JavaAccess<?> access) {
    if (!(access.getTarget() instanceof CodeUnitAccessTarget target) || inWiring(place)) {
      return List.of();
    }
    String parameters =
        String.join(",", target.getRawParameterTypes().stream().map(JavaClass::getName).toList());
    String call = target.getOwner().getName() + "." + target.getName() + "(" + parameters + ")";
    return BANS.stream()
        .filter(ban -> ban.target().matcher(call).matches())
        .map(ban -> new Finding(ban.rule(), place, 1, call + ": " + ban.instead()))
        .toList();
  }

  private static boolean inWiring(String className) {
    return WIRING.stream().anyMatch(home -> FloorRules.isWithin(className, FloorRules.ROOT + home));
  }
}
