package io.meridiandb.server.launcher;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Where log lines go: to standard error, one line each. A server's process writes what an operator
 * should know; commands for people keep quiet unless something fails for good.
 */
public final class LogOutput {
  private static final String FORMAT = "%1$tF %1$tT.%1$tL %4$-7s %5$s%6$s%n";

  /** Kept so that the levels are not lost when the loggers are collected. */
  private static final Logger ROOT = Logger.getLogger("");

  private LogOutput() {}

  /**
   * The logger of everything that is ours. The JDK takes all handlers away as soon as the process
   * is told to end, while an orderly end still has something to say: this one keeps its own.
   */
  private static final class Lasting extends Logger {
    Lasting() {
      super("io.meridiandb", null);
      setUseParentHandlers(false);
      super.addHandler(
          new ConsoleHandler() {
            @Override
            public void close() {
              flush();
            }
          });
    }

    @Override
    public void removeHandler(Handler handler) {
      // it stays until the process has ended
    }
  }

  /** Made after the format is set, and kept. */
  private static final class Kept {
    static final Logger OWN = new Lasting();
  }

  /** For a process that is a server. */
  public static void forServer() {
    set(Level.INFO);
    LogManager.getLogManager().addLogger(Kept.OWN);
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
