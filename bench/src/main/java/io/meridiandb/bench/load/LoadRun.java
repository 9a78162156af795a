package io.meridiandb.bench.load;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/**
 * Runs one workload with some clients in a closed loop: each waits for its answer, then goes on.
 */
public final class LoadRun {
  private static final String SERIALIZATION_FAILURE = "40001";
  private static final int HISTOGRAM_DIGITS = 3;
  private static final long SEED = 42;

  private final Workload workload;
  private final LoadPlan plan;

  public LoadRun(Workload workload, LoadPlan plan) {
    this.workload = workload;
    this.plan = plan;
  }

  /** What one client has measured. */
  private record Share(Histogram latencies, long retries) {}

  private static Connection connect(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    return connection;
  }

  /** Prepares the tables, warms up, measures, and looks whether the data is still right. */
  public LoadResult run() throws SQLException, InterruptedException {
    String product;
    try (Connection connection = connect(plan.url())) {
      DatabaseMetaData meta = connection.getMetaData();
      product = meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion();
      workload.prepare(connection);
    }
    LoadResult result;
    try (ExecutorService threads = Executors.newFixedThreadPool(plan.clients())) {
      result = measure(threads, product);
    }
    try (Connection connection = connect(plan.url())) {
      workload.check(connection);
    }
    return result;
  }

  private LoadResult measure(ExecutorService threads, String product)
      throws SQLException, InterruptedException {
    Phases phases = new Phases();
    List<Future<Share>> shares = new ArrayList<>();
    SplittableRandom seeds = new SplittableRandom(SEED);
    for (int i = 0; i < plan.clients(); i++) {
      SplittableRandom random = seeds.split();
      shares.add(threads.submit(() -> work(random, phases)));
    }
    double warmUpSeconds = warmUp(phases);
    long clientCpu = ownCpuNanos();
    long serverCpu = ServerProcesses.cpuNanos(plan.servers());
    phases.measure(plan.measured());
    awaitTime(phases.end);
    clientCpu = ownCpuNanos() - clientCpu;
    serverCpu = serverCpu < 0 ? -1 : ServerProcesses.cpuNanos(plan.servers()) - serverCpu;
    Histogram latencies = new Histogram(HISTOGRAM_DIGITS);
    long retries = 0;
    for (Future<Share> share : shares) {
      Share done = result(share);
      latencies.add(done.latencies());
      retries += done.retries();
    }
    return new LoadResult(
        workload.name(),
        product,
        plan.clients(),
        plan.measured().toNanos() / 1e9,
        latencies,
        new LoadResult.Counts(retries, clientCpu, serverCpu, warmUpSeconds));
  }

  /** Lets the clients work until they are warm; how many seconds that took. */
  private double warmUp(Phases phases) throws InterruptedException {
    long start = System.nanoTime();
    double before = Double.NaN;
    while (true) {
      long elapsed = System.nanoTime() - start;
      long left = plan.warmUp().most().toNanos() - elapsed;
      if (left <= 0) {
        return elapsed / 1e9;
      }
      long cpu = cpuNanos();
      long operations = phases.operations.sum();
      awaitTime(System.nanoTime() + Math.min(left, LoadPlan.WarmUp.WINDOW.toNanos()));
      double now = (cpuNanos() - cpu) / (double) Math.max(1, phases.operations.sum() - operations);
      elapsed = System.nanoTime() - start;
      if (elapsed >= plan.warmUp().least().toNanos() && LoadPlan.WarmUp.steady(before, now)) {
        return elapsed / 1e9;
      }
      before = now;
    }
  }

  /** CPU of everybody whose CPU is known. */
  private long cpuNanos() {
    return Math.max(0, ownCpuNanos()) + Math.max(0, ServerProcesses.cpuNanos(plan.servers()));
  }

  /** Which part of the run it is; set by the run, read by its clients. */
  private static final class Phases {
    final LongAdder operations = new LongAdder();
    volatile boolean measuring;
    volatile long begin;
    volatile long end;

    void measure(Duration length) {
      begin = System.nanoTime();
      end = begin + length.toNanos();
      measuring = true;
    }

    boolean over(long now) {
      return measuring && now - end >= 0;
    }

    boolean counts(long start, long now) {
      return measuring && start - begin >= 0 && now - end < 0;
    }
  }

  private static Share result(Future<Share> share) throws SQLException, InterruptedException {
    try {
      return share.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case SQLException error -> throw error;
        case RuntimeException error -> throw error;
        case null, default -> throw new IllegalStateException("a client failed", e.getCause());
      }
    }
  }

  private static void awaitTime(long nanoTime) throws InterruptedException {
    long left = nanoTime - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }

  private static long ownCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : -1;
  }

  /** One client; only operations that end within the measured time count. */
  private Share work(SplittableRandom random, Phases phases) throws SQLException {
    Histogram latencies = new Histogram(HISTOGRAM_DIGITS);
    long retries = 0;
    try (Connection connection = connect(plan.url());
        Workload.Client client = workload.client(connection)) {
      long start = System.nanoTime();
      while (!phases.over(start)) {
        retries += untilDone(client, random);
        long end = System.nanoTime();
        phases.operations.increment();
        if (phases.counts(start, end)) {
          latencies.recordValue(end - start);
        }
        start = end;
      }
    }
    return new Share(latencies, retries);
  }

  private static long untilDone(Workload.Client client, SplittableRandom random)
      throws SQLException {
    long retries = 0;
    while (true) {
      try {
        client.operation(random);
        return retries;
      } catch (SQLException e) {
        if (!SERIALIZATION_FAILURE.equals(e.getSQLState())) {
          throw e;
        }
        retries++;
      }
    }
  }
}
