package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.CommitMode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gateway of a transaction over three groups dies, at every half millisecond from its first
 * request to the end: the participants end it among themselves, all in the same way, and what the
 * client was told holds (protocol C3, G21, G22).
 */
class GatewayDeathTest {
  private static final Duration STEP = Duration.ofNanos(500_000);
  private static final int STEPS = 120;
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final SchemaVersion SCHEMA = Accounts.SCHEMA;
  private static final ServerId HOME = new ServerId(3);

  private final Accounts accounts = new Accounts(1_000);

  @ParameterizedTest
  @EnumSource(CommitMode.class)
  void whatAGatewayLeavesBehindIsEndedByItsParticipants(CommitMode mode) throws Exception {
    int aborted = 0;
    int committedUnheard = 0;
    int answered = 0;
    for (int step = 0; step < STEPS; step++) {
      try (SimulatedWorld world = new SimulatedWorld(step)) {
        boolean[] heard = new boolean[1];
        int rows = rowsAfterADeath(world, mode, STEP.multipliedBy(step), heard);
        assertThat(rows).as("rows, dead at step %s, heard %s", step, heard[0]).isIn(0, 3);
        if (heard[0]) {
          assertThat(rows).as("what the client was told, step %s", step).isEqualTo(3);
          answered++;
        } else if (rows == 0) {
          aborted++;
        } else {
          committedUnheard++;
        }
      }
    }
    assertThat(List.of(aborted, committedUnheard, answered)).as("all ends occur").doesNotContain(0);
  }

  /**
   * One participant has voted, one has never heard of it and refuses, the third has voted and lost
   * its majority: that it cannot be asked stops nobody, for it is aborted whatever it says.
   */
  @Test
  void whoIsRefusedByOneIsAbortedThoughAnotherCannotBeAsked() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      SimulatedServers servers = threeGroups(world, CommitMode.IMPLIED);
      servers.groups.get(1).appoint(new ServerId(2));
      world.network().cut(HOME, new ServerId(2));
      Gateway gateway = servers.node(HOME.value()).gateway;
      world.server(HOME).fibers().start("transaction", () -> commit(gateway));
      world.runUntil(() -> servers.groups.getFirst().preparedCount() > 0, DEADLINE);
      world.runUntil(() -> servers.groups.getLast().preparedCount() > 0, DEADLINE);
      servers.groups.getLast().loseLeader();
      servers.crash(HOME);
      world.runUntil(() -> servers.groups.getFirst().preparedCount() == 0, DEADLINE);
      assertThat(servers.groups.getLast().preparedCount()).as("nobody could tell it").isPositive();
      servers.groups.getLast().appoint(new ServerId(2));
      world.runUntil(() -> servers.preparedCount() == 0, DEADLINE);
      assertThat(rows(world, servers)).isZero();
    }
  }

  /** All have voted, one has lost its majority: who was to decide alone needs to ask nobody. */
  @Test
  void whoDecidesAloneEndsItThoughAnotherCannotBeAsked() throws Exception {
    try (SimulatedWorld world = new SimulatedWorld(2)) {
      SimulatedServers servers = threeGroups(world, CommitMode.IMPLIED);
      Gateway gateway = servers.node(HOME.value()).gateway;
      world
          .server(HOME)
          .fibers()
          .start(
              "transaction",
              () -> {
                Transaction t = begin(gateway);
                t.decideAt(new GroupId(0));
                t.commit(SCHEMA);
              });
      world.runUntil(() -> servers.groups.getFirst().preparedCount() > 0, DEADLINE);
      world.runUntil(() -> servers.groups.getLast().preparedCount() > 0, DEADLINE);
      servers.groups.getLast().loseLeader();
      servers.crash(HOME);
      world.runUntil(() -> servers.groups.get(0).preparedCount() == 0, DEADLINE);
      world.runUntil(() -> servers.groups.get(1).preparedCount() == 0, DEADLINE);
      assertThat(servers.groups.getLast().preparedCount()).as("nobody could tell it").isPositive();
      servers.groups.getLast().appoint(new ServerId(2));
      world.runUntil(() -> servers.preparedCount() == 0, DEADLINE);
      assertThat(rows(world, servers)).isIn(0, 3);
    }
  }

  private int rowsAfterADeath(
      SimulatedWorld world, CommitMode mode, Duration death, boolean[] heard) throws Exception {
    SimulatedServers servers = threeGroups(world, mode);
    Gateway gateway = servers.node(HOME.value()).gateway;
    world
        .server(HOME)
        .fibers()
        .start(
            "transaction",
            () -> {
              commit(gateway);
              heard[0] = true;
            });
    world.runFor(death);
    servers.crash(HOME);
    world.runFor(Duration.ofSeconds(10));
    assertThat(servers.preparedCount()).as("without outcome").isZero();
    return rows(world, servers);
  }

  private SimulatedServers threeGroups(SimulatedWorld world, CommitMode mode) {
    BorderRouter borders = new BorderRouter();
    borders.border(accounts.key(100), 1);
    borders.border(accounts.key(200), 2);
    SimulatedServers servers = new SimulatedServers(world, 3, borders, (count, bytes) -> mode);
    servers.appoint(new ServerId(1));
    return servers;
  }

  private int rows(SimulatedWorld world, SimulatedServers servers) throws Exception {
    return world.call(
        new ServerId(2),
        () -> {
          Transaction t =
              servers
                  .node(2)
                  .gateway
                  .begin(new TxnId(1, 2, 1, 1), TransactionOptions.strongRead(DEADLINE));
          return accounts.amounts(t, LockMode.NONE).size();
        });
  }

  private void commit(Gateway gateway) {
    begin(gateway).commit(SCHEMA);
  }

  private Transaction begin(Gateway gateway) {
    Transaction t = gateway.begin(new TxnId(1, 1, 1, 1), TransactionOptions.readWrite(0, DEADLINE));
    for (long id : new long[] {1, 101, 201}) {
      t.write(List.of(Mutation.put(accounts.key(id), accounts.row(id, 1))), false, SCHEMA);
    }
    return t;
  }
}
