package io.meridiandb.sql.session;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.system.MemoryDisk;
import io.meridiandb.kernel.system.SystemEnv;
import io.meridiandb.sql.catalog.Universe;
import java.util.ArrayList;
import java.util.List;

/** A SQL service over a map, on real fibers. */
final class TestServer implements AutoCloseable {
  final FakeGateway gateway = new FakeGateway();
  final SqlService service;

  /** Failures that nobody foresaw: a test that has some must expect them. */
  final List<Throwable> failures = new ArrayList<>();

  private final SystemEnv env;

  TestServer() {
    this(Universe.ALONE);
  }

  TestServer(Universe universe) {
    env =
        SystemEnv.create(
            "test",
            1,
            new NoTransport(),
            new MemoryDisk(),
            new Recorder(),
            (where, error) -> failures.add(error));
    service =
        new SqlService(
            env.env(),
            gateway,
            new ServerInfo("0.1", "test", "u"),
            SqlService.QUERY_BYTES_DEFAULT,
            universe);
  }

  /** A server in {@link FakePlacements#TOPOLOGY}, in zone eu-a. */
  static TestServer inUniverse() {
    FakePlacements placements = new FakePlacements();
    return new TestServer(
        new Universe(
            new ServerId(1),
            FakePlacements.TOPOLOGY,
            placements,
            new FakeRouter(placements),
            null));
  }

  /** A greeted client. */
  TestClient client() {
    TestClient client = new TestClient(service);
    client.hello();
    return client;
  }

  @Override
  public void close() {
    env.close();
  }

  private static final class NoTransport implements Transport {
    @Override
    public void send(ServerId to, Lane lane, byte[] frame) {
      throw new IllegalStateException("no network here");
    }

    @Override
    public void listen(Receiver receiver) {
      throw new IllegalStateException("no network here");
    }
  }

  private final class Recorder implements Events {
    @Override
    public void event(Level level, String source, String message) {}

    @Override
    public void failure(String source, String message, Throwable cause) {
      failures.add(cause);
    }

    @Override
    public void count(String counter, long delta) {}
  }
}
