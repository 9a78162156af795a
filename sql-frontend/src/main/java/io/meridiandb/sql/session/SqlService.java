package io.meridiandb.sql.session;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.sql.catalog.CatalogCache;
import io.meridiandb.sql.catalog.Universe;
import io.meridiandb.sql.exec.MemoryPool;
import io.meridiandb.sql.plan.PlanCache;
import io.meridiandb.sql.plan.PlannerWarmUp;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The SQL side of a server: takes connections and runs each on a fiber of its own. Callable from
 * any thread.
 */
public final class SqlService {
  /** Most sessions at a time (DESIGN 10). */
  public static final int SESSIONS_MAX = 1_000;

  /** Memory that all queries of a server may hold together unless told otherwise, in bytes. */
  public static final long QUERY_BYTES_DEFAULT = 512L << 20;

  private final SessionServices services;
  private final RandomSource random;
  private final ReentrantLock randomLock = new ReentrantLock();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<Long, Connection> connections = new ConcurrentSkipListMap<>();
  private final AtomicLong opened = new AtomicLong();
  private volatile boolean draining;

  /** As the other, for a server that is alone. */
  public SqlService(Env env, Gateway gateway, ServerInfo info, long queryBytesMax) {
    this(env, gateway, info, queryBytesMax, Universe.ALONE);
  }

  /**
   * A service without connections.
   *
   * @param env the server's outside world
   * @param gateway where its transactions are driven
   * @param info what clients are told
   * @param queryBytesMax memory that all queries together may hold
   * @param universe what else there is: placements, servers, zones
   */
  public SqlService(
      Env env, Gateway gateway, ServerInfo info, long queryBytesMax, Universe universe) {
    this.random = env.random().fork("sql.session");
    this.services =
        new SessionServices(
            env,
            gateway,
            new CatalogCache(gateway, env.random().fork("sql.catalog")),
            new PlanCache(),
            new MemoryPool(queryBytesMax),
            info,
            universe);
  }

  /**
   * Takes a new connection.
   *
   * @param toClient where encoded ServerFrames go
   * @return takes encoded ClientFrames; hands over and returns, from any thread
   */
  public FrameChannel.Listener connect(FrameChannel toClient) {
    if (draining) {
      return new RefusedConnection(
          toClient,
          new MeridianException(ErrorCode.SHUTTING_DOWN, "the server is shutting down")
              .withHint("Connect to another server of the universe."));
    }
    if (open.incrementAndGet() > SESSIONS_MAX) {
      open.decrementAndGet();
      return new RefusedConnection(
          toClient,
          new MeridianException(
                  ErrorCode.TOO_MANY_CONNECTIONS,
                  "the server has its " + SESSIONS_MAX + " sessions already")
              .withHint("Use a connection pool, or another server of the universe."));
    }
    long number = opened.incrementAndGet();
    Connection connection = new Connection(services, fork(number), toClient, home(number));
    connections.put(number, connection);
    services.env().fibers().start("sql-session-" + number, connection::run);
    return connection;
  }

  private Connection.Home home(long number) {
    return new Connection.Home() {
      @Override
      public boolean draining() {
        return draining;
      }

      @Override
      public void ended(Connection connection) {
        connections.remove(number);
        open.decrementAndGet();
      }
    };
  }

  /** A source belongs to one fiber, the one that all fork from to nobody: forking is serialised. */
  private RandomSource fork(long number) {
    randomLock.lock();
    try {
      return random.fork("session-" + number);
    } finally {
      randomLock.unlock();
    }
  }

  /** Plays a first client, on a fiber of its own, so that no real one has to be the first. */
  public void rehearse() {
    Fibers fibers = services.env().fibers();
    fibers.start("sql-rehearsal", () -> new Rehearsal(fibers).play(this));
  }

  void rehearsalCutShort() {
    services.env().events().count("sql.rehearsals.cut-short", 1);
  }

  /** How many sessions are open. */
  public int openSessions() {
    return open.get();
  }

  /**
   * From now on new connections, and requests that would begin a transaction, are refused with
   * 57P01: their clients go on at another server. What runs goes on; {@link #busySessions} tells
   * for how many.
   */
  public void drain() {
    draining = true;
  }

  /** How many sessions run a request or have a transaction open. */
  public long busySessions() {
    return connections.values().stream().filter(Connection::busy).count();
  }

  /**
   * Ends all sessions: what they run is stopped, what they have open is rolled back, so that other
   * servers need not wait until their locks have run out. {@link #openSessions} tells how many have
   * not ended yet.
   */
  public void end() {
    connections.values().forEach(connection -> connection.end("the server is shutting down"));
  }

  /**
   * Plans some statements so that Calcite's classes are loaded and compiled before a client waits
   * for it. Takes some seconds of one processor; needs neither tables nor other servers.
   */
  public void warmUp() {
    PlannerWarmUp.run();
  }
}
