package io.meridiandb.server.launcher;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Where log lines go: to standard error, one line each. A server's process writes what an operator
 * should know; commands for people keep quiet unless something fails for good.
 */
public final class LogOutput {
  private static final String FORMAT = "%1$tF %1$tT.%1$tL %4$-7s %5$s%6$s%n";

  /** Kept so that the level is not lost when the logger is collected. */
  private static final Logger ROOT = Logger.getLogger("");

  private LogOutput() {}

  /** For a process that is a server. */
  public static void forServer() {
    set(Level.INFO);
    Logger.getLogger("org.apache.calcite").setLevel(Level.WARNING);
  }

  /** For a command that a person looks at. */
  public static void forPeople() {
    set(Level.OFF);
  }

  private static void set(Level level) {
    System.setProperty("java.util.logging.SimpleFormatter.format", FORMAT);
    ROOT.setLevel(level);
  }
}
