package io.meridiandb.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.invariant.Eye;
import io.meridiandb.simulator.invariant.InvariantWatch;
import io.meridiandb.simulator.invariant.Sight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards that looking changes nothing, and that it is enough to look at whom an event concerns. */
class WatchTest {
  private static final Duration FAULTS = Duration.ofSeconds(5);

  private static Report run(long seed, Simulation.Watching watching) {
    Simulation.Options options = new Simulation.Options(seed, FAULTS, false);
    return new Simulation(options, new NodeAssembly(), watching).run(null);
  }

  /**
   * Clocks step in all of these, within their bounds and beyond; then to read one leaves a trace.
   */
  @ParameterizedTest
  @ValueSource(longs = {39, 53})
  void aRunIsTheSameHoweverItIsWatched(long seed) {
    List<String> changed = new ArrayList<>();
    String unwatched = run(seed, (invariants, eye, report) -> () -> {}).hash();
    Report narrow = run(seed, InvariantWatch::new);
    Report wide =
        run(
            seed,
            (invariants, eye, report) ->
                new InvariantWatch(invariants, new EyeOnAll(eye, changed), report));
    assertThat(narrow.hash()).isEqualTo(unwatched);
    assertThat(wide).isEqualTo(narrow);
    assertThat(changed).as("servers that an event changed that concerned another").isEmpty();
  }

  /** Looks at everybody always, and notes who has changed when it was another's turn. */
  private static final class EyeOnAll implements Eye {
    private final Eye eye;
    private final List<String> changed;
    private final Map<ServerId, Sight.Server> seen = new TreeMap<>();

    EyeOnAll(Eye eye, List<String> changed) {
      this.eye = eye;
      this.changed = changed;
    }

    @Override
    public @Nullable Sight concerned() {
      return null;
    }

    @Override
    public Sight all() {
      Sight one = eye.concerned();
      Sight all = eye.all();
      for (Sight.Server server : all.servers()) {
        Sight.Server before = seen.put(server.id(), server);
        boolean concerned =
            one == null || one.servers().stream().anyMatch(each -> each.id().equals(server.id()));
        if (!concerned && (before == null || !isLedBefore(before, server))) {
          changed.add(before + " became " + server);
        }
      }
      return all;
    }

    /** Equal, but for leases that may have ended. */
    private static boolean isLedBefore(Sight.Server before, Sight.Server now) {
      if (before.life() != now.life() || before.groups().size() != now.groups().size()) {
        return false;
      }
      for (int i = 0; i < now.groups().size(); i++) {
        Sight.Group then = before.groups().get(i);
        Sight.Group group = now.groups().get(i);
        Sight.Group ended =
            new Sight.Group(
                then.id(),
                then.leading() && group.leading(),
                then.ballot(),
                then.applied(),
                then.stopped());
        if (!group.equals(ended)) {
          return false;
        }
      }
      return true;
    }
  }
}
