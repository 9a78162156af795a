package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.txn.participant.CommitMode;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bank on three servers while frames are lost, doubled and overtaken, leaders change with
 * entries half way, and servers crash (reliability T34-T36, T40).
 */
class BankTest {
  private static final Duration END = Duration.ofSeconds(40);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void totalsAreKept(long seed) throws Exception {
    run(seed, 1, new BorderRouter(), CommitMode::of);
  }

  /** Three accounts in group 0, three in group 1, the ledger in group 2 (attacks 17 to 20). */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void totalsAreKeptAcrossGroups(long seed) throws Exception {
    BorderRouter borders = new BorderRouter();
    borders.border(new Accounts(1_000).key(3), 1);
    borders.border(new Accounts(1_001).all().start(), 2);
    run(seed, 3, borders, CommitMode::of);
  }

  /** The same when only the anchors' outcomes count, as for very many groups (G22, attack 35). */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void totalsAreKeptInExplicitMode(long seed) throws Exception {
    BorderRouter borders = new BorderRouter();
    borders.border(new Accounts(1_000).key(3), 1);
    borders.border(new Accounts(1_001).all().start(), 2);
    run(seed, 3, borders, (participants, listBytes) -> CommitMode.EXPLICIT);
  }

  private static void run(long seed, int groups, BorderRouter borders, CommitMode.Choice modes)
      throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      world
          .network()
          .standard(
              LinkConditions.of(Duration.ofMillis(1), Duration.ofMillis(3))
                  .withFaults(20_000, 20_000, 50_000));
      SimulatedServers group = new SimulatedServers(world, groups, borders, modes);
      BankWorkload bank = new BankWorkload(world);
      group.appoint(new ServerId(1));
      ServerId first = new ServerId(1);
      world.call(
          first,
          () -> {
            bank.load(group.node(1).gateway);
            return true;
          });
      for (ServerId server : group.servers) {
        clients(world, group, bank, server);
      }
      nemesis(world, group, bank, world.random("nemesis"));
      world.runFor(END);
      world.network().standard(LinkConditions.lan());
      group.servers.forEach(group::restart);
      group.appoint(first);
      world.runFor(Duration.ofSeconds(60));
      assertThat(world.failures()).isEmpty();
      assertThat(group.preparedCount()).as("without outcome, seed %s", seed).isZero();
      world.call(
          first,
          () -> {
            bank.checkAtTheEnd(group.node(1).gateway);
            return true;
          });
      assertThat(bank.acknowledgedCount()).as(bank.summary()).isGreaterThan(groups == 1 ? 100 : 50);
    }
  }

  private static void clients(
      SimulatedWorld world, SimulatedServers group, BankWorkload bank, ServerId server) {
    for (int i = 0; i < 3; i++) {
      bank.start(server, world.server(server), group.node(server.value()).gateway, END);
    }
  }

  /** After a while a group without a leader has one again. */
  private static void elect(
      SimulatedWorld world, SimulatedServers servers, SimulatedGroup group, RandomSource random) {
    world.schedule(
        Duration.ofMillis(300),
        () -> {
          ServerId next = servers.servers.get(random.nextInt(servers.servers.size()));
          if (!group.hasLeader() && servers.nodes.containsKey(next)) {
            group.appoint(next);
          } else if (!group.hasLeader()) {
            elect(world, servers, group, random);
          }
        });
  }

  private static void nemesis(
      SimulatedWorld world, SimulatedServers group, BankWorkload bank, RandomSource random) {
    if (world.elapsed().compareTo(END) >= 0) {
      return;
    }
    ServerId server = group.servers.get(random.nextInt(group.servers.size()));
    switch (random.nextInt(6)) {
      case 0 -> {
        SimulatedGroup any = group.groups.get(random.nextInt(group.groups.size()));
        any.loseLeader();
        elect(world, group, any, random);
      }
      case 1 -> {
        group.crash(server);
        world.schedule(
            Duration.ofMillis(500),
            () -> {
              if (!group.nodes.containsKey(server)) {
                group.restart(server);
                clients(world, group, bank, server);
              }
            });
        group.groups.forEach(each -> elect(world, group, each, random));
      }
      default -> {
        if (group.nodes.containsKey(server)) {
          group.groups.get(random.nextInt(group.groups.size())).appoint(server);
        }
      }
    }
    world.schedule(
        Duration.ofMillis(200 + random.nextInt(1_500)), () -> nemesis(world, group, bank, random));
  }
}
