package io.meridiandb.cli.history;

import io.meridiandb.jdbc.MeridianDataSource;
import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.GrpcConnector;
import io.meridiandb.jdbc.link.HostPort;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.DriverClient;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.workload.Run;
import io.meridiandb.simulator.workload.Setting;
import io.meridiandb.simulator.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Applications on threads of their own, each with the JDBC driver, that take turns. */
final class Clients {
  private final List<HostPort> hosts;
  private final Setting setting;
  private final Run run;
  private final Turns turns = new Turns();
  private final List<Thread> threads = new ArrayList<>();
  private int made;

  /** Clients of one universe. */
  Clients(List<HostPort> hosts, Setting setting, Run run) {
    this.hosts = List.copyOf(hosts);
    this.setting = setting;
    this.run = run;
  }

  /** Who may run. */
  Turns turns() {
    return turns;
  }

  /** A client that tries servers in an order of its own; to be used when it is one's turn. */
  SqlClient client() {
    int number = made++;
    List<HostPort> order = new ArrayList<>(hosts);
    Collections.rotate(order, number);
    List<Connector> ways = order.stream().map(GrpcConnector::new).map(turns::over).toList();
    RandomSource random = setting.random("client-" + number);
    return new DriverClient(
        new MeridianDataSource("mem:history-test", ways),
        new DriverClient.Place() {
          @Override
          public RandomSource random() {
            return random;
          }

          @Override
          public void pause(Duration length) {
            turns.pause(length.toMillis());
          }
        });
  }

  /** Starts one that works until the run is over. */
  void start(Workload workload, int number) {
    Thread thread =
        new Thread(
            () ->
                turns.taking(() -> {
                  work(workload, number);
                  return true;
                }),
            "client-" + made);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void work(Workload workload, int number) {
    try {
      workload.run(number, client());
    } catch (RuntimeException | AssertionError e) {
      run.violation("a client broke: " + e);
    }
  }

  /** Waits until all have stopped. */
  void join(Duration most) throws InterruptedException {
    long deadline = setting.elapsed().plus(most).toNanos();
    for (Thread thread : threads) {
      thread.join(Math.max(1, (deadline - setting.elapsed().toNanos()) / 1_000_000));
      if (thread.isAlive()) {
        throw new IllegalStateException(
            thread.getName() + " has not come to an end within " + most);
      }
    }
  }
}
