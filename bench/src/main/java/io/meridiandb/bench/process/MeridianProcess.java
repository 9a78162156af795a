package io.meridiandb.bench.process;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program starts itself again as another process. */
public final class MeridianProcess {
  private MeridianProcess() {}

  /** What a server of a test or a benchmark gets for its heap, if that is not what matters. */
  private static final String HEAP = "512m";

  /** The command line of this very program: same JVM, same flags, same class path. */
  public static List<String> command() {
    return command(HEAP);
  }

  /** The same with a heap of this size, such as {@code 2g}. */
  public static List<String> command(String heap) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-Xmx" + heap);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("io.meridiandb.cli.MeridianCli");
    return command;
  }
}
