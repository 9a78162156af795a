package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Transfers between accounts, each with a row in a ledger, and readers that add everything up. At
 * every timestamp each account is what it began with plus what the ledger says: so a transfer done
 * twice, half, or under a read is seen. Every acknowledged transfer is in the ledger of each later
 * read; every one that was told to be aborted is in none (reliability T34, T35, T40).
 */
public final class BankWorkload {
  private static final int ACCOUNTS = 6;
  private static final long BALANCE = 1_000;
  private static final Duration DEADLINE = Duration.ofSeconds(4);
  private static final long SESSION_SPAN = 1_000_000;
  private static final SchemaVersion SCHEMA = Accounts.SCHEMA;

  private final SimulatedWorld world;
  private final Accounts accounts = new Accounts(1_000);
  private final Accounts ledger = new Accounts(1_001);
  private final Set<Long> acknowledged = new LinkedHashSet<>();
  private final Set<Long> aborted = new LinkedHashSet<>();
  private long sessions;
  private long unknown;
  private long retried;
  private long reads;

  public BankWorkload(SimulatedWorld world) {
    this.world = world;
  }

  /** Transfers that a client knows to be committed. */
  public int acknowledgedCount() {
    return acknowledged.size();
  }

  /** For the message of a test: what really happened. */
  public String summary() {
    return "%d transfers acknowledged, %d aborted for good, %d of unknown outcome, %d retries, %d reads"
        .formatted(acknowledged.size(), aborted.size(), unknown, retried, reads);
  }

  /** Makes the accounts; on a fiber. */
  public void load(Gateway gateway) {
    List<Mutation> rows = new ArrayList<>();
    for (long id = 0; id < ACCOUNTS; id++) {
      rows.add(Mutation.insert(accounts.key(id), accounts.row(id, BALANCE)));
    }
    write(gateway, 9, rows);
  }

  /**
   * Writes rows in one transaction, in as many attempts as it takes; on a fiber.
   *
   * @param session a number of its own
   */
  public static void write(Gateway gateway, long session, List<Mutation> rows) {
    for (int attempt = 1; ; attempt++) {
      Transaction t =
          gateway.begin(
              new TxnId(9, session, 1, attempt),
              TransactionOptions.readWrite(0, Duration.ofMinutes(1)));
      try {
        t.write(rows, false, SchemaVersion.EXEMPT);
        t.commit(SchemaVersion.EXEMPT);
        return;
      } catch (MeridianException e) {
        t.rollback();
        if (!e.code().retryable() || attempt == 20) {
          throw e;
        }
      }
    }
  }

  /** Starts a client on a server: transfers and reads until {@code end} of virtual time. */
  public void start(ServerId server, Env env, Gateway gateway, Duration end) {
    long session = ++sessions;
    RandomSource random = world.random("bank " + session);
    env.fibers()
        .start(
            "bank-" + server,
            () -> {
              Client client = new Client();
              for (long n = 1; world.elapsed().compareTo(end) < 0; n++) {
                if (random.chance(1, 4)) {
                  read(gateway, random, session, n);
                } else {
                  transfer(gateway, random, new TxnId(7, session, n, 1), client);
                }
                env.fibers().sleep(Duration.ofMillis(random.nextInt(60)));
              }
            });
  }

  /** Where a client would ask how its transaction ended (protocol G14). */
  private static final class Client implements AnchorKeeper {
    private GroupId known = GroupId.ZERO;

    @Override
    public GroupId known() {
      return known;
    }

    @Override
    public void tell(TxnId id, GroupId anchor) {
      known = anchor;
    }
  }

  private void transfer(Gateway gateway, RandomSource random, TxnId first, Client client) {
    long session = first.sessionLow();
    long n = first.sequence();
    long number = session * SESSION_SPAN + n;
    Timestamp age = gateway.nowLatest();
    for (int attempt = 1; ; attempt++) {
      TxnId id = new TxnId(7, session, n, attempt);
      TransactionOptions options =
          new TransactionOptions(false, null, age, random.chance(1, 2) ? n - 1 : 0, DEADLINE)
              .withAnchors(client);
      Transaction t = gateway.begin(id, options);
      try {
        attempt(t, random, number);
        acknowledged.add(number);
        return;
      } catch (MeridianException e) {
        t.rollback();
        if (e.code() == ErrorCode.TRANSACTION_OUTCOME_UNKNOWN) {
          resolve(gateway, id, client.known, number);
          return;
        }
        assertThat(e.code().retryable()).as(e.getMessage()).isTrue();
        retried++;
      }
      if (attempt > 20) {
        aborted.add(number);
        return;
      }
    }
  }

  private void attempt(Transaction t, RandomSource random, long number) {
    long from = random.nextInt(ACCOUNTS);
    long to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    long amount = 1 + random.nextInt(50);
    // Shared first and exclusive at the commit, or exclusive at once: both must do.
    LockMode mode = random.chance(1, 2) ? LockMode.SHARED : LockMode.EXCLUSIVE;
    long left = accounts.amount(t, from, mode) - amount;
    long right = accounts.amount(t, to, mode) + amount;
    t.write(
        List.of(
            Mutation.put(accounts.key(from), accounts.row(from, left)),
            Mutation.put(accounts.key(to), accounts.row(to, right))),
        random.chance(1, 2),
        SCHEMA);
    long entry = (from * 1_000 + to) * 1_000 + amount;
    t.write(
        List.of(Mutation.insert(ledger.key(number), ledger.row(number, entry))),
        random.chance(1, 2),
        SCHEMA);
    t.commit(SCHEMA);
  }

  private void resolve(Gateway gateway, TxnId id, GroupId anchor, long number) {
    unknown++;
    for (int i = 0; i < 20; i++) {
      Gateway.Outcome outcome = gateway.resolve(id, anchor);
      switch (outcome) {
        case Gateway.Outcome.Committed _ -> {
          acknowledged.add(number);
          return;
        }
        case Gateway.Outcome.Aborted _ -> {
          aborted.add(number);
          return;
        }
        case Gateway.Outcome.Expired _ ->
            throw new AssertionError(id + " is of now and called too old");
        case null -> {
          // no leader; ask again
        }
      }
    }
  }

  private void read(Gateway gateway, RandomSource random, long session, long n) {
    Set<Long> before = new LinkedHashSet<>(acknowledged);
    TimestampBound bound =
        switch (random.nextInt(4)) {
          case 0 -> TimestampBound.ofExactStaleness(Duration.ofSeconds(1));
          case 1 -> TimestampBound.ofMaxStaleness(Duration.ofSeconds(3));
          default -> TimestampBound.strong();
        };
    Transaction t =
        gateway.begin(new TxnId(8, session, n, 1), TransactionOptions.read(bound, DEADLINE));
    try {
      Map<Long, Long> amounts = accounts.amounts(t, LockMode.NONE);
      if (amounts.isEmpty() && !bound.isStrong()) {
        return; // before there were any
      }
      Set<Long> atLeast = bound.isStrong() ? before : Set.of();
      check(amounts, ledger.amounts(t, LockMode.NONE), atLeast);
      reads++;
    } catch (MeridianException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.UNAVAILABLE);
    }
  }

  /** Looks at everything once more, when all is quiet; on a fiber. */
  public void checkAtTheEnd(Gateway gateway) {
    Transaction t =
        gateway.begin(new TxnId(9, 9, 2, 1), TransactionOptions.strongRead(Duration.ofMinutes(1)));
    check(accounts.amounts(t, LockMode.NONE), ledger.amounts(t, LockMode.NONE), acknowledged);
  }

  private void check(Map<Long, Long> amounts, Map<Long, Long> entries, Set<Long> atLeast) {
    long[] expected = new long[ACCOUNTS];
    Arrays.fill(expected, BALANCE);
    for (long entry : entries.values()) {
      expected[(int) (entry / 1_000_000)] -= entry % 1_000;
      expected[(int) (entry / 1_000 % 1_000)] += entry % 1_000;
    }
    for (int id = 0; id < ACCOUNTS; id++) {
      @Nullable Long amount = amounts.get((long) id);
      assertThat(amount).as("account %s, seed %s", id, world.seed()).isEqualTo(expected[id]);
    }
    assertThat(entries.keySet()).as("acknowledged, seed %s", world.seed()).containsAll(atLeast);
    assertThat(entries.keySet()).as("aborted, seed %s", world.seed()).noneMatch(aborted::contains);
  }
}
