package io.meridiandb.spanserver.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.system.FatalErrors;
import io.meridiandb.kernel.system.LocalNetwork;
import io.meridiandb.kernel.system.MemoryDisk;
import io.meridiandb.kernel.system.SystemEnv;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.expr.Expr;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyCodec;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.scan.ScanProgram;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.truetime.HostAnchor;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.truetime.TrueTimes;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.GatewayImpl;
import io.meridiandb.txn.gateway.ReadRequest;
import io.meridiandb.txn.gateway.RowCursor;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.wire.MeridianException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real threads, clocks and strands: many clients count rows up at once, and no count is lost or
 * doubled. What the simulator cannot see, races between threads, would show here.
 */
class GroupThreadsTest {
  private static final ServerId SERVER = new ServerId(1);
  private static final int CLIENTS = 16;
  private static final int COUNTERS = 4;
  private static final int INCREMENTS = 100;
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final RowCodec ROWS = RowCodec.of(SystemTables.COUNTERS);
  private static final KeyCodec KEYS = KeyCodec.of(SystemTables.COUNTERS);
  private static final ScanProgram PROGRAM =
      new ScanProgram(
          SystemTables.COUNTERS, null, List.of(new Expr.Column(1, SqlType.BIGINT)), null, 0);

  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Events events =
      new Events() {
        @Override
        public void event(Level level, String source, String message) {}

        @Override
        public void failure(String source, String message, Throwable cause) {
          failures.add(cause);
        }

        @Override
        public void count(String counter, long delta) {}
      };
  private final LocalNetwork network = new LocalNetwork(events, FatalErrors.HALT);
  private final SystemEnv system =
      SystemEnv.create("test", network.transport(SERVER), new MemoryDisk(), events);
  private final AtomicLong sequences = new AtomicLong();
  private final Gateway gateway = startServer();

  private Gateway startServer() {
    Env env = system.env();
    Strand strand = env.strands().create("server");
    TrueTime trueTime = TrueTimes.sharedHost(env.clocks(), HostAnchor.mint(env.clocks()));
    Messenger messenger =
        new Messenger(
            new ServerIdentity(new UniverseId(1, 1), SERVER, 1),
            env.transport(),
            trueTime::now,
            strand,
            events);
    ServerGroups groups = new ServerGroups(env, trueTime, messenger, strand, GroupOptions.DEFAULT);
    strand.execute(() -> {
      try {
        TabletGroup group = groups.open(GroupId.ZERO);
        LoneReplica replica = new LoneReplica(new ArrayList<>(), group, strand, trueTime);
        group.bind(replica);
        groups.serve(group);
        replica.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    return new GatewayImpl(env, trueTime, messenger, new TabletGroupTest.OneServer(), strand);
  }

  @BeforeEach
  void load() throws Exception {
    onFiber(
            () -> {
              Transaction t = begin(1, gateway.nowLatest());
              List<Mutation> rows = new ArrayList<>();
              for (int i = 0; i < COUNTERS; i++) {
                rows.add(Mutation.insert(key(i), row(i, 0)));
              }
              t.write(rows, false, SchemaVersion.EXEMPT);
              t.commit(SchemaVersion.EXEMPT);
            })
        .get(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void end() {
    system.close();
    network.close();
  }

  private CompletableFuture<Boolean> onFiber(Runnable body) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    system
        .env()
        .fibers()
        .start(
            "client",
            () -> {
              try {
                body.run();
                done.complete(true);
              } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  private static Key key(int counter) {
    return KEYS.encode(new Object[] {"c" + counter, 0L});
  }

  private static byte[] row(int counter, long value) {
    return ROWS.encode(new Object[] {"c" + counter, value});
  }

  private Transaction begin(int attempt, Timestamp age) {
    return gateway.begin(
        new TxnId(1, 1, sequences.incrementAndGet(), attempt),
        new TransactionOptions(false, null, age, 0, DEADLINE));
  }

  private static long read(Transaction t, int counter, LockMode lock) {
    RowCursor cursor =
        t.read(
            new ReadRequest(
                List.of(KeyRange.point(key(counter))), PROGRAM, lock, false, SchemaVersion.EXEMPT));
    List<@Nullable Object[]> batch = cursor.next();
    if (batch == null || !(batch.getFirst()[0] instanceof Long value)) {
      throw new AssertionError("no counter " + counter);
    }
    return value;
  }

  private void countUp(int client) {
    for (int i = 0; i < INCREMENTS; i++) {
      int counter = (client + i) % COUNTERS;
      int other = (client * 7 + i * 3) % COUNTERS;
      Timestamp age = gateway.nowLatest();
      for (int attempt = 1; ; attempt++) {
        Transaction t = begin(attempt, age);
        try {
          long value = read(t, counter, i % 2 == 0 ? LockMode.EXCLUSIVE : LockMode.SHARED);
          read(t, other, LockMode.SHARED);
          t.write(
              List.of(Mutation.put(key(counter), row(counter, value + 1))),
              false,
              SchemaVersion.EXEMPT);
          t.commit(SchemaVersion.EXEMPT);
          break;
        } catch (MeridianException e) {
          t.rollback();
          assertThat(e.code().retryable()).as(e.getMessage()).isTrue();
        }
      }
    }
  }

  @Test
  void noCountIsLostOrDoubled() throws Exception {
    List<CompletableFuture<Boolean>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      clients.add(onFiber(() -> countUp(client)));
    }
    for (CompletableFuture<Boolean> client : clients) {
      client.get(60, TimeUnit.SECONDS);
    }
    long[] sum = new long[1];
    onFiber(
            () -> {
              Transaction t = begin(1, gateway.nowLatest());
              for (int i = 0; i < COUNTERS; i++) {
                sum[0] += read(t, i, LockMode.SHARED);
              }
              t.rollback();
            })
        .get(30, TimeUnit.SECONDS);
    assertThat(sum[0]).isEqualTo((long) CLIENTS * INCREMENTS);
    assertThat(failures).isEmpty();
  }
}
