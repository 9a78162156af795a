package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.event.Events.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import org.junit.jupiter.api.Test;

/** Guards the log against floods: lines are limited, what is left out is counted. */
class SystemEventsTest {
  @Test
  void aFloodIsCutAndOtherSourcesAreNot() {
    Lines log = new Lines();
    SystemEvents events = new SystemEvents("server-1", log);
    for (int i = 0; i < 10_000; i++) {
      events.event(Level.WARNING, "net", "refused");
    }
    events.event(Level.INFO, "paxos", "leads group-0");
    assertThat(log.lines.size()).isBetween(2, 50 * SystemEvents.LINES_PER_SECOND);
    assertThat(log.lines.getLast()).isEqualTo("[server-1] paxos: leads group-0");
  }

  @Test
  void countersAddUp() {
    SystemEvents events = new SystemEvents("server-1", new Lines());
    events.count("b", 2);
    events.count("a", 1);
    events.count("b", 3);
    events.probe("rare");
    assertThat(events.counters()).containsEntry("b", 5L).containsEntry("probe.rare", 1L);
    assertThat(events.counters().keySet()).containsExactly("a", "b", "probe.rare");
  }

  private static final class Lines implements System.Logger {
    private final List<String> lines = new ArrayList<>();

    @Override
    public String getName() {
      return "test";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      lines.add(message);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      lines.add(format);
    }
  }
}
