package io.meridiandb.simulator;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Failure;
import io.meridiandb.wire.proto.Resolve;
import io.meridiandb.wire.proto.Resolved;
import io.meridiandb.wire.proto.Rows;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import io.meridiandb.wire.proto.Welcome;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Just enough of a database for the workloads' statements: one state shared by all "servers", one
 * open transaction at a time. Honest, or with one planted bug that the workloads must find.
 */
final class FakeDatabase implements SimulatedNode.Assembly {
  /** What is wrong with it. */
  enum Bug {
    NONE,
    LOSES_ACKNOWLEDGED_ROWS,
    SHOWS_ABORTED_ROWS,
    COUNTS_TWICE,
    READS_STALE,
    LOSES_MONEY,
    COMMITS_IN_THE_FUTURE
  }

  private static final long DELETED = Long.MIN_VALUE;
  private static final long LOCK_NANOS = 5_000_000_000L;

  private final Bug bug;
  private final Map<String, Long> state = new TreeMap<>();
  private final Map<String, Long> outcomes = new TreeMap<>();
  private Map<String, Long> stale = new TreeMap<>();
  private @Nullable Session open;
  private long commits;
  private long lockedUntil;

  FakeDatabase(Bug bug) {
    this.bug = bug;
  }

  @Override
  public SimulatedNode assemble(Env env, ServerIdentity self, Shape shape, Duration clockBound) {
    Strand strand = env.strands().create("sql");
    return new SimulatedNode() {
      @Override
      public void start() {
        env.events().probe("fake.start");
      }

      @Override
      public CompletableFuture<?> started() {
        return CompletableFuture.completedFuture("");
      }

      @Override
      public CompletableFuture<String> died() {
        return new CompletableFuture<>();
      }

      @Override
      public FrameChannel.Listener connect(FrameChannel toClient) {
        return new Session(env, strand, toClient, clockBound);
      }
    };
  }

  private final class Session implements FrameChannel.Listener {
    private final Env env;
    private final Strand strand;
    private final FrameChannel toClient;
    private final Duration bound;
    private final Map<String, Long> writes = new TreeMap<>();
    private String id = "";
    private long sequence;
    private boolean gone;

    Session(Env env, Strand strand, FrameChannel toClient, Duration bound) {
      this.bound = bound;
      this.env = env;
      this.strand = strand;
      this.toClient = toClient;
    }

    @Override
    public void frame(byte[] frame) {
      strand.schedule(
          Duration.ofNanos(1 + env.random().nextInt(2_000_000)),
          () -> {
            try {
              handle(ClientFrame.parseFrom(frame));
            } catch (InvalidProtocolBufferException e) {
              throw new IllegalStateException(e);
            }
          });
    }

    @Override
    public void closed(String reason) {
      gone = true;
      release();
    }

    private void release() {
      writes.clear();
      if (open == this) {
        open = null;
      }
    }

    private void handle(ClientFrame frame) {
      if (gone) {
        return;
      }
      ServerFrame.Builder out = ServerFrame.newBuilder().setRequest(frame.getRequest());
      if (frame.hasHello()) {
        id = frame.getHello().getSessionHigh() + ":";
        send(out.setWelcome(Welcome.newBuilder().setProtocol(1)));
      } else if (frame.hasResolve()) {
        send(out.setResolved(resolve(frame.getResolve())));
      } else if (frame.hasEndTransaction()) {
        end(frame.getEndTransaction().getCommit(), out);
      } else {
        execute(frame.getExecute(), out);
      }
    }

    private void end(boolean commit, ServerFrame.Builder out) {
      if (commit && open != this) {
        send(out.setFailure(Failure.newBuilder().setSqlState("40001").setMessage("lock lost")));
        return;
      }
      long at = commit ? commit() : 0;
      release();
      send(out.setComplete(done(at)));
    }

    private Resolved resolve(Resolve question) {
      String txn = question.getSessionHigh() + ":" + question.getSequence();
      long at = outcomes.computeIfAbsent(txn, name -> 0L);
      return Resolved.newBuilder()
          .setOutcome(at > 0 ? Resolved.Outcome.COMMITTED : Resolved.Outcome.ABORTED)
          .setCommitTimestampNanos(at)
          .build();
    }

    private void execute(Execute execute, ServerFrame.Builder out) {
      if (execute.getSequence() != 0) {
        sequence = execute.getSequence();
      }

      if (open != null && env.clocks().wallNanos() > lockedUntil) {
        open = null; // its server has crashed
      }
      boolean busy = open != null && open != this;
      boolean refused = busy || (commits > 20 && env.random().chance(1, 20));
      if (refused || outcomes.containsKey(id + sequence)) {
        if (bug == Bug.SHOWS_ABORTED_ROWS) {
          statement(execute);
          writes.keySet().removeIf(key -> !key.startsWith("inserts"));
          state.putAll(writes);
        }
        release();
        send(out.setFailure(Failure.newBuilder().setSqlState("40001").setMessage("busy")));
        return;
      }
      List<Value> row = statement(execute);
      if (!row.isEmpty()) {
        int columns = execute.getSql().contains(",") ? 2 : 1;
        Rows rows = Rows.newBuilder().addAllValues(row).setRowCount(row.size() / columns).build();
        send(out.clone().setRows(rows));
      }
      if (execute.getMode() == TransactionMode.IN_TRANSACTION) {
        open = this;
        lockedUntil = env.clocks().wallNanos() + LOCK_NANOS;
        send(out.setComplete(done(0)));
      } else {
        long at = commit();
        release();
        send(out.setComplete(done(at)));
      }
    }

    private Complete done(long at) {
      return Complete.newBuilder().setTag("OK").setCommitTimestampNanos(at).build();
    }

    /** Answers after the commit wait. */
    private void send(ServerFrame.Builder frame) {
      byte[] bytes = frame.build().toByteArray();
      strand.schedule(bound.multipliedBy(2).plusNanos(1), () -> toClient.send(bytes));
    }

    private long commit() {
      commits++;
      long at = env.clocks().wallNanos() + bound.toNanos();
      if (bug == Bug.COMMITS_IN_THE_FUTURE && commits % 50 == 0) {
        at += 1_000_000_000L;
      }
      boolean lost = bug == Bug.LOSES_ACKNOWLEDGED_ROWS && commits % 40 == 0;
      if (commits % 25 == 0) {
        stale = new TreeMap<>(state);
      }
      if (!lost) {
        state.putAll(writes);
      }
      outcomes.put(id + sequence, at);
      return at;
    }

    private long get(String key) {
      Map<String, Long> from =
          bug == Bug.READS_STALE && open != this && stale.containsKey(key) ? stale : state;
      return writes.getOrDefault(key, from.getOrDefault(key, 0L));
    }

    private List<Value> statement(Execute execute) {
      String sql = execute.getSql();
      List<Long> p = new ArrayList<>();
      execute.getParametersList().forEach(value -> p.add(value.getInteger()));
      if (sql.startsWith("INSERT INTO inserts")) {
        writes.put("inserts/" + p.get(0) + "/" + p.get(1), 1L);
      } else if (sql.startsWith("INSERT INTO accounts")) {
        writes.put("accounts/" + p.get(0), p.get(1));
      } else if (sql.startsWith("UPDATE accounts SET balance = ?")) {
        writes.put("accounts/" + p.get(1), p.get(0));
      } else if (sql.startsWith("UPDATE accounts")) {
        boolean lossy = bug == Bug.LOSES_MONEY && commits % 30 == 0;
        writes.put(
            "accounts/" + p.get(1), get("accounts/" + p.get(1)) + p.get(0) - (lossy ? 1 : 0));
      } else if (sql.startsWith("UPDATE registers")) {
        boolean twice = bug == Bug.COUNTS_TWICE && commits % 30 == 0;
        writes.put("registers/" + p.get(0), get("registers/" + p.get(0)) + (twice ? 2 : 1));
      } else if (sql.startsWith("INSERT INTO orders")) {
        writes.put("orders/" + p.get(0) + "/x", p.get(1));
      } else if (sql.startsWith("INSERT INTO lines")) {
        writes.put("lines/" + p.get(0) + "/" + p.get(1), p.get(1));
      } else if (sql.startsWith("DELETE FROM orders")) {
        state.keySet().stream()
            .filter(key -> key.matches("(orders|lines)/" + p.getFirst() + "/.*"))
            .forEach(key -> writes.put(key, DELETED));
      } else if (sql.startsWith("SELECT")) {
        return select(sql, p);
      }
      return List.of();
    }

    private List<Value> select(String sql, List<Long> p) {
      if (sql.contains("FROM registers")) {
        long id = p.isEmpty() ? Long.parseLong(sql.substring(sql.length() - 1)) : p.getFirst();
        return List.of(number(get("registers/" + id)));
      }
      if (sql.startsWith("SELECT balance")) {
        return List.of(number(get("accounts/" + p.getFirst())));
      }
      if (sql.contains("orders") || sql.contains("lines")) {
        return orders(sql);
      }
      List<Value> values = new ArrayList<>();
      long sum = 0;
      long count = 0;
      for (Map.Entry<String, Long> entry : state.entrySet()) {
        String[] path = entry.getKey().split("/");
        if (path[0].equals("accounts")) {
          sum += entry.getValue();
          count++;
        } else if (path[0].equals("inserts") && sql.contains("inserts")) {
          values.add(number(Long.parseLong(path[1])));
          values.add(number(Long.parseLong(path[2])));
        }
      }
      return sql.contains("inserts") ? values : List.of(number(sum), number(count));
    }

    private List<Value> orders(String sql) {
      List<Value> values = new ArrayList<>();
      String table = sql.contains("FROM lines") ? "lines" : "orders";
      state.forEach((key, value) -> {
        String[] path = key.split("/");
        if (path[0].equals(table) && value != DELETED && !sql.contains("JOIN")) {
          values.add(number(Long.parseLong(path[1])));
          values.add(number(value));
        }
      });
      return values;
    }

    private static Value number(long value) {
      return Values.ofInteger(Type.Kind.BIGINT, value);
    }
  }
}
