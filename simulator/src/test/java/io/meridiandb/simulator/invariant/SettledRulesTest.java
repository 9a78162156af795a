package io.meridiandb.simulator.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.simulator.invariant.Census.Live;
import io.meridiandb.simulator.invariant.Observer.Place;
import io.meridiandb.simulator.invariant.Observer.Seen;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.participant.VersionStore;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Guards the rules of the end: each passes what is right, and sees a breach. */
class SettledRulesTest {
  private static final Key KEY = Key.of(new byte[] {1, 5});
  private static final Ownership NOTHING = (range, at) -> List.of();

  /** One version of each key. */
  private static final class Rows extends TreeMap<Key, VersionStore.Version>
      implements VersionStore {
    private static final long serialVersionUID = 1;

    @Override
    public @Nullable Version read(Key key, Timestamp at) {
      return get(key);
    }

    @Override
    public void scan(KeyRange range, boolean reverse, Timestamp at, Visitor visitor) {
      forEach((key, version) -> {
        if (!version.timestamp().isAfter(at)) {
          visitor.visit(key, version);
        }
      });
    }

    @Override
    public Timestamp horizon() {
      return Timestamp.MIN;
    }
  }

  private final Map<GroupId, List<Live>> groups = new TreeMap<>();
  private int inDoubt;
  private int lockHolders;

  private Rows replica(long server, long group, boolean leading, long applied, Ownership owns) {
    Rows rows = new Rows();
    rows.put(KEY, new VersionStore.Version(new Timestamp(10), new byte[] {1}));
    Place place = new Place(new ServerId(server), 1, new GroupId(group));
    Seen seen = new Seen(() -> inDoubt, () -> lockHolders, rows, owns);
    groups
        .computeIfAbsent(place.group(), unused -> new ArrayList<>())
        .add(new Live(place, seen, new Sight.Group(group, leading, Ballot.ZERO, applied, false)));
    return rows;
  }

  /** A server's former lives hold all that it had in memory: nobody may keep them. */
  @Test
  void theCensusKnowsTheLastLifeOnly() {
    Census census = new Census();
    Seen seen = new Seen(() -> 0, () -> 0, new Rows(), NOTHING);
    ServerId server = new ServerId(1);
    for (long life = 1; life <= 2; life++) {
      census.seen(new Place(server, life, new GroupId(7)), seen);
    }
    assertThat(census.knows(new Place(server, 2, new GroupId(7)))).isTrue();
    assertThat(census.knows(new Place(server, 1, new GroupId(7)))).isFalse();
  }

  /** A replica of which nothing is asked but who belongs to its group, as far as it knows. */
  private static Replica member(ReplicaSet members) {
    return (Replica)
        Proxy.newProxyInstance(
            Replica.class.getClassLoader(),
            new Class<?>[] {Replica.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("members");
              return members;
            });
  }

  /** Its leader died before it had an entry, and the change was given up (sweep, seed 408). */
  @Test
  void whoWasOpenedToJoinAndNeverDidIsNoMember() {
    List<ServerId> two = List.of(new ServerId(1), new ServerId(2));
    List<ServerId> three = List.of(new ServerId(1), new ServerId(2), new ServerId(3));
    TTInterval now = new TTInterval(new Timestamp(1), new Timestamp(2));
    for (long applied = 0; applied <= 1; applied++) {
      Census census = new Census();
      List<Sight.Server> servers = new ArrayList<>();
      for (ServerId id : three) {
        boolean joins = id.value() == 3;
        census.opened(
            new Place(id, 1, GroupId.ZERO), member(ReplicaSet.ofFull(joins ? three : two)));
        Sight.Group group =
            new Sight.Group(0, id.value() == 1, Ballot.ZERO, joins ? applied : 5, false);
        servers.add(new Sight.Server(id, 1, now, false, List.of(group)));
      }
      assertThat(census.groups(new Sight(new Timestamp(1), servers)).get(GroupId.ZERO))
          .as("who has applied something and was removed must hear of it")
          .hasSize(applied == 0 ? 2 : 3);
    }
  }

  @Test
  void everythingSettles() {
    EverythingSettles rule = new EverythingSettles();
    replica(1, 0, true, 5, Ownership.EVERYTHING);
    replica(2, 0, false, 5, Ownership.EVERYTHING);
    assertThat(rule.unsettled(groups)).isNull();
    inDoubt = 2;
    assertThat(rule.unsettled(groups)).contains("2 transactions in doubt");
    replica(3, 0, false, 4, Ownership.EVERYTHING);
    inDoubt = 0;
    assertThat(rule.unsettled(groups)).contains("has applied 4, its leader 5");
    replica(1, 1, false, 4, Ownership.EVERYTHING);
    groups.remove(GroupId.ZERO);
    assertThat(rule.unsettled(groups)).contains("has 0 leaders");
  }

  @Test
  void replicasHoldTheSameRows() {
    replica(1, 0, true, 5, Ownership.EVERYTHING);
    Rows other = replica(2, 0, false, 5, Ownership.EVERYTHING);
    assertThat(new ReplicasAgree().unsettled(groups)).isNull();
    other.put(KEY, new VersionStore.Version(new Timestamp(10), new byte[] {2}));
    assertThat(new ReplicasAgree().unsettled(groups)).contains("hold different rows");
    other.put(KEY, new VersionStore.Version(new Timestamp(9), new byte[] {1}));
    assertThat(new ReplicasAgree().unsettled(groups)).contains("hold different rows");
    other.clear();
    assertThat(new ReplicasAgree().unsettled(groups)).contains("hold different rows");
  }

  @Test
  void aRowHasOneOwner() {
    replica(1, 0, true, 5, Ownership.EVERYTHING);
    replica(2, 0, false, 5, NOTHING);
    replica(2, 1, true, 5, NOTHING);
    assertThat(new OneOwner().unsettled(groups)).isNull();
    replica(3, 2, true, 5, Ownership.EVERYTHING);
    assertThat(new OneOwner().unsettled(groups)).contains("belongs to [Place[server=server-1");
    groups.remove(GroupId.ZERO);
    groups.remove(new GroupId(2));
    assertThat(new OneOwner().unsettled(groups)).contains("belongs to []");
  }

  @Test
  void locksGoWithTheirOwners() {
    LocksHaveOwners rule = new LocksHaveOwners();
    replica(1, 0, true, 5, Ownership.EVERYTHING);
    lockHolders = 3;
    assertThat(rule.unsettled(groups)).contains("still has locks of 3 transactions");
    lockHolders = 0;
    assertThat(rule.unsettled(groups)).isNull();
    lockHolders = 1;
    assertThat(rule.unsettled(groups)).as("seen without once").isNull();
  }

  @Test
  void whatNeverSettlesIsTold() {
    replica(1, 0, false, 5, Ownership.EVERYTHING);
    SettledRule broken = all -> "it is broken";
    SettledRule whole = all -> null;
    Settling settling =
        new Settling(
            List.of(broken, whole), new Census(), () -> new Sight(Timestamp.ZERO, List.of()));
    assertThat(settling.isSettled()).isFalse();
    assertThat(settling.unsettled()).hasSize(1).allMatch(words -> words.endsWith("it is broken"));
  }
}
