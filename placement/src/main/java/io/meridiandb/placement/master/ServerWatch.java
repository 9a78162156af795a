package io.meridiandb.placement.master;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.placement.ServerPlace;
import io.meridiandb.placement.Topology;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The duty of a zonemaster and of the universemaster in thin form: asks the servers how they are
 * and reports who has fallen silent and who is back. Used on the election's fiber.
 */
public final class ServerWatch implements MasterElection.Duty {
  private final String master;
  private final Topology topology;
  private final List<ServerId> watched;
  private final Function<List<ServerId>, Collection<ServerId>> whoAnswers;
  private final Events events;
  private final Set<ServerId> silent = new TreeSet<>();

  /**
   * Watches servers.
   *
   * @param master whose duty it is, for reports
   * @param watched which servers
   * @param whoAnswers asks them; may wait
   */
  public ServerWatch(
      String master,
      Topology topology,
      List<ServerId> watched,
      Function<List<ServerId>, Collection<ServerId>> whoAnswers,
      Events events) {
    this.master = master;
    this.topology = topology;
    this.watched = List.copyOf(watched);
    this.whoAnswers = whoAnswers;
    this.events = events;
  }

  @Override
  public void run() {
    Collection<ServerId> answering = whoAnswers.apply(watched);
    for (ServerId server : watched) {
      if (answering.contains(server)) {
        if (silent.remove(server)) {
          report(Level.INFO, server, "answers again");
        }
      } else if (silent.add(server)) {
        report(Level.WARNING, server, "does not answer");
      }
    }
  }

  private void report(Level level, ServerId server, String what) {
    ServerPlace place = topology.find(server);
    events.event(
        level,
        "placement.master",
        "%s: server %s of zone %s %s"
            .formatted(master, topology.name(server), place == null ? "?" : place.zone(), what));
  }
}
