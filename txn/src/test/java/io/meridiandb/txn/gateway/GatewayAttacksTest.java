package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The attacks of protocol H that gateways and their clients meet; each is played with the amendment
 * that answers it and without.
 */
class GatewayAttacksTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final SchemaVersion SCHEMA = Accounts.SCHEMA;
  private static final ServerId HOME = new ServerId(3);

  private final Accounts accounts = new Accounts(1_000);

  /** A client that would ask at the anchor of its last transaction. */
  private static final class Client implements AnchorKeeper {
    private final boolean acknowledges;
    GroupId known = GroupId.ZERO;

    /**
     * A client.
     *
     * @param acknowledges whether what it is told arrives before anything of the commit leaves
     */
    Client(boolean acknowledges) {
      this.acknowledges = acknowledges;
    }

    @Override
    public GroupId known() {
      return known;
    }

    @Override
    public void tell(TxnId id, GroupId anchor) {
      if (acknowledges) {
        known = anchor;
      }
    }
  }

  /** 20: the gateway dies after its commit has left; the client asks a group that took no part. */
  @Test
  void attack20AClientThatDoesNotKnowTheAnchor() throws Exception { // G14
    assertThat(withdrawals(new Client(true))).as("accounts drawn from").containsExactly(101L);
    assertThat(withdrawals(new Client(false))).as("done twice").containsExactly(101L, 201L);
  }

  /** Draws once from the first account that will do; which accounts were drawn from in the end. */
  private TreeSet<Long> withdrawals(Client client) throws Exception {
    BorderRouter borders = new BorderRouter();
    borders.border(accounts.key(100), 1);
    borders.border(accounts.key(200), 2);
    try (SimulatedWorld world = new SimulatedWorld(20)) {
      SimulatedServers servers = new SimulatedServers(world, 3, borders);
      servers.appoint(new ServerId(1));
      TxnId first = new TxnId(1, 1, 7, 1);
      Gateway dying = servers.node(HOME.value()).gateway;
      world.server(HOME).fibers().start("attempt", () -> draw(dying, first, client, 101));
      world.runUntil(() -> !servers.groups.get(1).log.isEmpty(), SOON);
      servers.crash(HOME);
      return world.call(
          new ServerId(2),
          () -> {
            Gateway next = servers.node(2).gateway;
            if (next.resolve(first, client.known) instanceof Gateway.Outcome.Aborted) {
              draw(next, new TxnId(1, 1, 7, 2), client, 201); // 101 is in use now, say
            }
            Transaction reader =
                next.begin(new TxnId(1, 2, 1, 1), TransactionOptions.strongRead(DEADLINE));
            return new TreeSet<>(accounts.amounts(reader, LockMode.NONE).keySet());
          });
    }
  }

  private void draw(Gateway gateway, TxnId id, Client client, long account) {
    Transaction t =
        gateway.begin(id, TransactionOptions.readWrite(0, DEADLINE).withAnchors(client));
    t.write(List.of(Mutation.put(accounts.key(account), accounts.row(account, 1))), false, SCHEMA);
    t.commit(SCHEMA);
  }
}
