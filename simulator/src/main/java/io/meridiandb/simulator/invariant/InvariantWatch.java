package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.ServerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Looks at all invariants after every event; each is reported once.
 *
 * <p>An event of one server is followed by a look at that server alone. Nothing is missed by that:
 *
 * <ul>
 *   <li>Rules over one replica ({@link AppliedOnlyRises}, {@link BallotsOnlyRise}, {@link
 *       NoGroupStops}) depend on what only an event of its server changes.
 *   <li>{@link TrueTimeHolds} depends on the time as well. But a server reads its clock in its own
 *       events only, and time stands still during an event: every reading is looked at. An interval
 *       that nobody reads can do no harm.
 *   <li>Rules that are {@link Heard} need no look.
 *   <li>{@link OneLeaseAtATime} is over all servers. A lease begins, or is valid again, by an event
 *       of its leader or of the world, and ends by time alone. When a server leads a group that it
 *       did not lead when it was seen last, all are looked at. So of each group one leader at most
 *       is remembered, unless two were seen: with a second comes a look at all, in which the first
 *       still leads or is forgotten. Now let A lead, and B begin to lead as well. A was looked at
 *       when it began, and no look since has forgotten it, for it leads. So B is not remembered;
 *       all are looked at, and both are seen.
 * </ul>
 *
 * <p>What concerns the world (faults, servers that start and end, clocks that are set) is followed
 * by a look at all.
 */
public final class InvariantWatch implements Runnable {
  private final List<Invariant> holding;
  private final Eye eye;
  private final Consumer<String> report;

  /** As each server was seen last. */
  private final Map<ServerId, Sight.Server> seen = new TreeMap<>();

  private long looks;

  /**
   * A watch over some invariants.
   *
   * @param report takes a broken one's name and words
   */
  public InvariantWatch(List<Invariant> invariants, Eye eye, Consumer<String> report) {
    this.holding = new ArrayList<>(invariants);
    this.eye = eye;
    this.report = report;
  }

  /** All that there are, new. */
  public static List<Invariant> all() {
    return List.of(
        new OneLeaseAtATime(),
        new AppliedOnlyRises(),
        new BallotsOnlyRise(),
        new TrueTimeHolds(),
        new NoGroupStops(),
        new TimestampsRise(),
        new ChosenNeverChanges(),
        new AppliedAlike(),
        new ClosedMeansClosed(),
        new CommitsAboveVotes(),
        new OneOutcome(),
        new ChosenIsDurable());
  }

  @Override
  public void run() {
    looks++;
    Sight sight = look();
    for (int i = 0; i < holding.size(); i++) {
      String broken = holding.get(i).broken(sight);
      if (broken != null) {
        report.accept(holding.get(i).name() + ": " + broken);
        holding.remove(i);
        i--;
      }
    }
  }

  private Sight look() {
    Sight one = eye.concerned();
    if (one != null && !anybodyBeginsToLead(one)) {
      remember(one);
      return one;
    }
    Sight all = eye.all();
    seen.clear();
    remember(all);
    return all;
  }

  private void remember(Sight sight) {
    for (Sight.Server server : sight.servers()) {
      seen.put(server.id(), server);
    }
  }

  private boolean anybodyBeginsToLead(Sight sight) {
    for (Sight.Server server : sight.servers()) {
      if (beginsToLead(server)) {
        return true;
      }
    }
    return false;
  }

  /** Whether it leads a group that it did not lead when it was seen last. */
  private boolean beginsToLead(Sight.Server server) {
    Sight.Server before = seen.get(server.id());
    List<Sight.Group> groupsBefore = before == null ? List.of() : before.groups();
    List<Sight.Group> groups = server.groups();
    for (int i = 0; i < groups.size(); i++) { // after every event: without iterators
      Sight.Group group = groups.get(i);
      if (group.leading() && !isLeading(group.id(), groupsBefore, i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a list shows a group led; it stands at {@code place} unless replicas came or went. */
  private static boolean isLeading(long group, List<Sight.Group> groups, int place) {
    if (place < groups.size() && groups.get(place).id() == group) {
      return groups.get(place).leading();
    }
    return groups.stream().anyMatch(each -> each.id() == group && each.leading());
  }

  /** How often it has looked. */
  public long looks() {
    return looks;
  }
}
