package io.meridiandb.simulator.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Guards the watch: each invariant passes what is right and names what is not. */
class InvariantsTest {
  private static Sight.Group group(boolean leading, long round, long applied, boolean stopped) {
    return new Sight.Group(0, leading, new Ballot(round, new ServerId(1), 1), applied, stopped);
  }

  private static Sight.Server server(long id, long life, long clock, Sight.Group... groups) {
    TTInterval interval = new TTInterval(new Timestamp(clock - 10), new Timestamp(clock + 10));
    return new Sight.Server(new ServerId(id), life, interval, false, List.of(groups));
  }

  /**
   * What there is to see.
   *
   * @param whole one after the other
   * @param ones if not empty, who is concerned instead of all
   */
  private record Sights(List<Sight> whole, List<Sight> ones) implements Eye {
    @Override
    public Sight all() {
      return whole.removeFirst();
    }

    @Override
    public @Nullable Sight concerned() {
      return ones.isEmpty() ? null : ones.removeFirst();
    }
  }

  private static List<String> watch(Sight... sights) {
    List<String> found = new ArrayList<>();
    Sights eye = new Sights(new ArrayList<>(List.of(sights)), List.of());
    InvariantWatch watch = new InvariantWatch(InvariantWatch.all(), eye, found::add);
    for (int i = 0; i < sights.length; i++) {
      watch.run();
    }
    assertThat(watch.looks()).isEqualTo(sights.length);
    return found;
  }

  private static Sight at(long now, Sight.Server... servers) {
    return new Sight(new Timestamp(now), List.of(servers));
  }

  @Test
  void whatIsRightPasses() {
    assertThat(
            watch(
                at(
                    100,
                    server(1, 1, 105, group(true, 1, 5, false)),
                    server(2, 1, 95, group(false, 1, 4, false))),
                at(
                    200,
                    server(1, 1, 200, group(false, 2, 6, false)),
                    server(2, 1, 200, group(true, 2, 6, false))),
                at(300, server(1, 2, 300, group(false, 1, 2, false)))))
        .isEmpty();
  }

  @Test
  void eachRuleIsNoticedOnce() {
    assertThat(
            watch(
                at(
                    100,
                    server(1, 1, 100, group(true, 3, 5, false)),
                    server(2, 1, 100, group(true, 3, 5, false))),
                at(200, server(1, 1, 300, group(true, 2, 4, true))),
                at(300, server(1, 1, 300, group(true, 1, 3, true)))))
        .hasSize(5)
        .anyMatch(words -> words.startsWith("OneLeaseAtATime: server-1 and server-2 both lead"))
        .anyMatch(words -> words.startsWith("AppliedOnlyRises: group 0 on server-1 went from 5"))
        .anyMatch(words -> words.startsWith("BallotsOnlyRise"))
        .anyMatch(words -> words.startsWith("TrueTimeHolds"))
        .anyMatch(words -> words.startsWith("NoGroupStops"));
  }

  /** Who was removed and is added again begins with an empty log, but keeps its promises. */
  @Test
  void anotherReplicaOfTheGroupMayBeginAnewButNotItsPromises() {
    AppliedOnlyRises applied = new AppliedOnlyRises();
    BallotsOnlyRise ballots = new BallotsOnlyRise();
    for (Sight.Server each :
        List.of(
            server(1, 1, 300, group(false, 2, 5, false)),
            new Sight.Server(new ServerId(1), 1, server(1, 1, 300).clock(), false, List.of()))) {
      assertThat(applied.broken(at(300, each))).isNull();
      assertThat(ballots.broken(at(300, each))).isNull();
    }
    Sight again = at(300, server(1, 1, 300, group(false, 1, 0, false)));
    assertThat(applied.broken(again)).isNull();
    assertThat(ballots.broken(again)).isNotNull();
  }

  /** Server 1's lease ended by time alone, and was extended when server 2 had begun to lead. */
  @Test
  void aLeaseThatIsValidAgainIsComparedWithAllOthers() {
    Sight.Server first = server(1, 1, 300, group(true, 1, 5, false));
    Sight.Server second = server(2, 1, 300, group(true, 2, 5, false));
    Sight.Server ended = server(1, 1, 300, group(false, 1, 5, false));
    List<Sight> whole =
        new ArrayList<>(List.of(at(300, first), at(300, ended, second), at(300, first, second)));
    List<Sight> concerned =
        new ArrayList<>(List.of(at(300, first), at(300, second), at(300, first)));
    List<String> found = new ArrayList<>();
    InvariantWatch watch =
        new InvariantWatch(InvariantWatch.all(), new Sights(whole, concerned), found::add);
    watch.run();
    watch.run();
    assertThat(found).isEmpty();
    watch.run();
    assertThat(found).containsExactly("OneLeaseAtATime: server-1 and server-2 both lead group 0");
  }
}
