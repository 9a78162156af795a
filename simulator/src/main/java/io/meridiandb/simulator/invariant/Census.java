package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.simulator.invariant.Observer.Place;
import io.meridiandb.simulator.invariant.Observer.Seen;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who has a replica of what, to be looked at between two events. */
public final class Census implements Observer {
  /**
   * A replica on a server that runs.
   *
   * @param place where
   * @param seen its rows and transactions; null at a witness
   * @param group what the server says of it
   */
  public record Live(Place place, @Nullable Seen seen, Sight.Group group) {}

  private final Map<Place, Replica> replicas = new LinkedHashMap<>();
  private final Map<Place, Seen> withData = new LinkedHashMap<>();

  @Override
  public void opened(Place place, Replica replica) {
    replicas.put(place, replica);
  }

  @Override
  public void seen(Place place, Seen seen) {
    withData.put(place, seen);
  }

  /** The members' replicas of each group on servers that run. */
  Map<GroupId, List<Live>> groups(Sight sight) {
    Map<GroupId, List<Live>> groups = new TreeMap<>();
    for (Sight.Server server : sight.servers()) {
      for (Sight.Group group : server.groups()) {
        Place place = new Place(server.id(), server.life(), new GroupId(group.id()));
        Replica replica = replicas.get(place);
        if (replica != null && replica.members().kindOf(server.id()) != null) {
          groups
              .computeIfAbsent(place.group(), unused -> new ArrayList<>())
              .add(new Live(place, withData.get(place), group));
        }
      }
    }
    return groups;
  }
}
