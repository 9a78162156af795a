package io.meridiandb.simulator.spike;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.kernel.simulated.LinkConditions;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Strand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Three servers, each with a state machine on a strand that gossips by messages and timers, and
 * with fibers that ask another server for its rows' number, plan a query for it with Calcite, and
 * log the plan on their disk. Messages get lost, doubled and reordered; a server crashes half-way.
 */
final class PlannerWorld {
  static final int SERVERS = 3;
  private static final int FIBERS = 2;

  private PlannerWorld() {}

  /** What a run left behind. */
  record Result(String hash, long events, long plans) {}

  static Result run(long seed, Duration length) {
    try (SimulatedWorld world = new SimulatedWorld(seed)) {
      world.network().standard(LinkConditions.lan().withFaults(20_000, 20_000, 20_000));
      for (int i = 1; i <= SERVERS; i++) {
        new Server(world.server(new ServerId(i))).start();
      }
      world.runFor(length.dividedBy(2));
      ServerId victim = new ServerId(1 + world.random("victim").nextInt(SERVERS));
      world.crash(victim);
      world.runFor(Duration.ofMillis(50));
      new Server(world.restart(victim)).start();
      world.runFor(length.dividedBy(2));
      if (!world.failures().isEmpty()) {
        throw new AssertionError(world.failures().getFirst().cause());
      }
      world.hashDisks();
      long plans = 0;
      for (ServerId server : world.servers()) {
        plans += world.counters(server).getOrDefault("plans", 0L);
      }
      return new Result(world.hash(), world.events(), plans);
    }
  }

  private static final class Server {
    private final Env env;
    private final Strand strand;
    private final Map<Long, CompletableFuture<Long>> asked = new TreeMap<>();
    private long rows;
    private long lastQuestion;

    Server(Env env) {
      this.env = env;
      this.strand = env.strands().create("core");
    }

    void start() {
      env.transport().listen((from, frame) -> strand.execute(() -> receive(from, frame)));
      strand.execute(this::tick);
      for (int i = 0; i < FIBERS; i++) {
        String name = "planner-" + i;
        env.fibers().start(name, () -> plan(name));
      }
    }

    private void tick() {
      rows += env.random().nextInt(1000);
      strand.schedule(Duration.ofMillis(1 + env.random().nextInt(10)), this::tick);
    }

    private void receive(ServerId from, byte[] frame) {
      ByteBuffer in = ByteBuffer.wrap(frame);
      long question = in.getLong();
      if (in.hasRemaining()) {
        CompletableFuture<Long> waiting = asked.remove(question);
        if (waiting != null) {
          waiting.complete(in.getLong());
        }
      } else {
        byte[] answer = ByteBuffer.allocate(16).putLong(question).putLong(rows).array();
        env.transport().send(from, Lane.DATA, answer);
      }
    }

    private CompletableFuture<Long> ask(ServerId other) {
      CompletableFuture<Long> answer = new CompletableFuture<>();
      strand.execute(() -> {
        asked.put(++lastQuestion, answer);
        byte[] frame = ByteBuffer.allocate(8).putLong(lastQuestion).array();
        env.transport().send(other, Lane.DATA, frame);
      });
      return answer;
    }

    private void plan(String name) {
      try (DiskFile file = env.disk().open(name)) {
        env.disk().forceFolder("");
        long at = file.size();
        while (true) {
          byte[] plan = planOne().getBytes(StandardCharsets.UTF_8);
          file.write(at, ByteBuffer.wrap(plan));
          at += plan.length;
          env.fibers().await(file.force(), Duration.ofSeconds(10));
          env.fibers().sleep(Duration.ofMillis(20));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private String planOne() {
      try {
        ServerId other = new ServerId(1 + env.random().nextInt(SERVERS));
        long known = env.fibers().await(ask(other), Duration.ofMillis(20));
        String plan = CalcitePlanning.plan(query(known));
        env.events().count("plans", 1);
        env.events().event(Level.INFO, "plan", plan);
        return plan;
      } catch (AwaitTimeoutException e) {
        env.events().probe("question-lost");
        return "lost\n";
      }
    }

    private String query(long known) {
      List<String> queries =
          List.of(
              "SELECT a.id FROM accounts a WHERE a.balance > " + known,
              "SELECT a.owner, sum(t.amount) FROM accounts a JOIN transfers t ON t.account = a.id"
                  + " GROUP BY a.owner ORDER BY 2 DESC FETCH NEXT "
                  + (known % 10 + 1)
                  + " ROWS ONLY",
              "SELECT count(*) FROM transfers t WHERE t.account IN (SELECT a.id FROM accounts a"
                  + " WHERE a.owner = 'x"
                  + known
                  + "')");
      return queries.get(env.random().nextInt(queries.size()));
    }
  }
}
