package io.meridiandb.simulator.invariant;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.simulator.invariant.Observer.Place;
import io.meridiandb.simulator.invariant.Observer.Seen;
import java.util.ArrayList;
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

  /** What a server has in one life; of the lives before nothing is kept, for it is much. */
  private record Life(long number, Map<GroupId, Replica> replicas, Map<GroupId, Seen> withData) {}

  private final Map<ServerId, Life> lives = new TreeMap<>();

  @Override
  public void opened(Place place, Replica replica) {
    life(place.server(), place.life()).replicas.put(place.group(), replica);
  }

  @Override
  public void seen(Place place, Seen seen) {
    life(place.server(), place.life()).withData.put(place.group(), seen);
  }

  private Life life(ServerId server, long number) {
    Life life = lives.get(server);
    if (life == null || life.number != number) {
      life = new Life(number, new TreeMap<>(), new TreeMap<>());
      lives.put(server, life);
    }
    return life;
  }

  /** Whether it has heard of rows there, and not of a later life of that server since. */
  boolean knows(Place place) {
    Life life = lives.get(place.server());
    return life != null && life.number == place.life() && life.withData.containsKey(place.group());
  }

  /**
   * The members' replicas of each group on servers that run. Who was opened to become a member, and
   * never got an entry because its leader died and the change was given up, takes itself for one;
   * the leader knows that it is not.
   */
  Map<GroupId, List<Live>> groups(Sight sight) {
    Map<GroupId, List<Live>> groups = new TreeMap<>();
    Map<GroupId, ReplicaSet> asLeadersSay = new TreeMap<>();
    for (Sight.Server server : sight.servers()) {
      Life life = life(server.id(), server.life());
      for (Sight.Group group : server.groups()) {
        Place place = new Place(server.id(), server.life(), new GroupId(group.id()));
        Replica replica = life.replicas.get(place.group());
        if (replica != null && group.leading()) {
          asLeadersSay.put(place.group(), replica.members());
        }
        if (replica != null && replica.members().kindOf(server.id()) != null) {
          groups
              .computeIfAbsent(place.group(), unused -> new ArrayList<>())
              .add(new Live(place, life.withData.get(place.group()), group));
        }
      }
    }
    asLeadersSay.forEach((group, members) ->
        groups
            .getOrDefault(group, new ArrayList<>())
            .removeIf(live ->
                live.group().applied() == 0 && members.kindOf(live.place().server()) == null));
    return groups;
  }
}
