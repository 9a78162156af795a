package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.event.Events.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Guards the log against floods: lines are limited, what is left out is counted. */
class SystemEventsTest {
  @Test
  void aFloodIsCutAndOtherSourcesAreNot() {
    Lines log = new Lines();
    AtomicLong now = new AtomicLong();
    SystemEvents events = new SystemEvents("server-1", log, now::get);
    for (int i = 0; i < 1_000; i++) {
      events.event(Level.WARNING, "net", "refused message " + i);
    }
    assertThat(log.lines).hasSize(SystemEvents.SAME_LINES_PER_SECOND);
    events.event(Level.INFO, "paxos", "leads group-0");
    assertThat(log.lines.getLast()).isEqualTo("[server-1] paxos: leads group-0");
    events.event(Level.WARNING, "net", "connected");
    assertThat(log.lines.getLast())
        .isEqualTo("[server-1] net: connected (and 995 lines left out before)");
    assertThat(events.counters()).containsEntry("log.dropped", 995L);
  }

  @Test
  void aSourceHasTenLinesInASecondAndTellsWhatWasLeftOutInTheNext() {
    Lines log = new Lines();
    AtomicLong now = new AtomicLong();
    SystemEvents events = new SystemEvents("server-1", log, now::get);
    for (char c = 'a'; c < 'a' + 12; c++) {
      events.failure("net", "failed: " + c, new IllegalStateException("planned by the test"));
    }
    assertThat(log.lines).hasSize(SystemEvents.LINES_PER_SECOND);
    now.set(1_000_000_000);
    events.event(Level.INFO, "net", "connected");
    assertThat(log.lines.getLast())
        .isEqualTo("[server-1] net: connected (and 2 lines left out before)");
    events.event(Level.INFO, "net", "connected");
    assertThat(log.lines.getLast()).isEqualTo("[server-1] net: connected");
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
