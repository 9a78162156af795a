package io.meridiandb.simulator.client;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.simulator.universe.SimulatedUniverse;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.EndTransaction;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Hello;
import io.meridiandb.wire.proto.Resolve;
import io.meridiandb.wire.proto.Resolved;
import io.meridiandb.wire.proto.Rows;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of the SQL protocol on a fiber of its own simulated machine. It connects to any server
 * that runs, and after a lost commit asks how the transaction ended (protocol C7, G14), as the JDBC
 * driver does; but it takes nothing for granted that the driver does for its callers.
 */
public final class FrameClient implements SqlClient {
  private static final Duration ANSWER_WAIT = Duration.ofSeconds(12);

  /** A table placed row by row is several moves between regions. */
  private static final Duration CREATE_WAIT = Duration.ofSeconds(60);

  private static final Duration CONNECT_PAUSE = Duration.ofMillis(50);
  private static final int RESOLVE_TRIES = 40;

  /** So many of four connections go to a server of the client's own region. */
  private static final int NEAR_OF_FOUR = 3;

  /** All frames that answered a request. */
  private record Frames(List<List<Value>> rows, Complete complete) {
    Answer answer() {
      return new Answer(
          rows,
          complete.getCommitTimestampNanos(),
          complete.getReadTimestampNanos(),
          complete.getNoticesList());
    }
  }

  private final SimulatedUniverse.Client machine;
  private final Env env;
  private final SimulatedUniverse universe;
  private final RandomSource random;
  private final long sessionHigh;
  private final long sessionLow;
  private List<ServerId> only = List.of();
  private long sequence;
  private long acked;
  private long anchor; // the group to ask how the last transaction ended
  private boolean inTransaction;
  private boolean beginsNow;
  private boolean inDoubt;
  private @Nullable Link link;

  /** A client on a machine of its own; call its methods on a fiber of that machine only. */
  public FrameClient(SimulatedUniverse universe, SimulatedUniverse.Client machine) {
    this.machine = machine;
    this.env = machine.env();
    this.universe = universe;
    this.random = env.random().fork("client");
    this.sessionHigh = random.nextLong();
    this.sessionLow = random.nextLong();
  }

  /** From the next connection on it connects to these servers only. */
  public void connectOnlyTo(List<ServerId> servers) {
    only = List.copyOf(servers);
  }

  @Override
  public RandomSource random() {
    return env.random();
  }

  @Override
  public void pause(Duration length) {
    env.fibers().sleep(length);
  }

  @Override
  public Answer execute(String sql, Value... parameters) throws SqlFailed, LinkLost {
    inDoubt = false;
    Link open = connected();
    boolean opens = !inTransaction || beginsNow;
    beginsNow = false;
    Execute.Builder execute =
        Execute.newBuilder()
            .setSql(sql)
            .addAllParameters(List.of(parameters))
            .setMode(inTransaction ? TransactionMode.IN_TRANSACTION : TransactionMode.AUTOCOMMIT)
            .setSequence(opens ? ++sequence : 0)
            .setAckedSequence(acked)
            .setAnchor(anchor);
    inDoubt = true;
    universe.tables().begins(machine.machine(), sql);
    try {
      Duration wait = sql.startsWith("CREATE") ? CREATE_WAIT : ANSWER_WAIT;
      Frames frames = frames(open, open.send(ClientFrame.newBuilder().setExecute(execute)), wait);
      return frames.answer();
    } finally {
      if (!inTransaction) {
        universe.tables().ended(machine.machine());
      }
    }
  }

  @Override
  public Ending update(String sql, Value... parameters) {
    try {
      Answer answer = execute(sql, parameters);
      acked = sequence;
      return Ending.committed(answer.commitNanos());
    } catch (SqlFailed e) {
      return e.outcomeUnknown() ? resolve(say(e)) : Ending.aborted(say(e));
    } catch (LinkLost e) {
      return inDoubt ? resolve(say(e)) : Ending.aborted("never sent: " + say(e));
    }
  }

  @Override
  public Ending transaction(Body body) {
    inTransaction = true;
    beginsNow = true;
    try {
      body.run(this);
      return commit();
    } catch (SqlFailed | LinkLost e) {
      return rolledBack(say(e));
    } finally {
      universe.tables().ended(machine.machine());
    }
  }

  private Ending commit() {
    inTransaction = false;
    try {
      Complete complete = end(true);
      acked = sequence;
      return complete.getTag().equals("ROLLBACK")
          ? Ending.aborted("rolled back")
          : Ending.committed(complete.getCommitTimestampNanos());
    } catch (SqlFailed e) {
      return e.outcomeUnknown() ? resolve(say(e)) : Ending.aborted(say(e));
    } catch (LinkLost e) {
      return inDoubt ? resolve(say(e)) : Ending.aborted("commit never sent: " + say(e));
    }
  }

  private Ending rolledBack(String why) {
    inTransaction = false;
    Link open = link;
    if (!beginsNow && open != null && open.isOpen()) {
      try {
        end(false);
      } catch (SqlFailed | LinkLost e) {
        open.close(); // the server rolls back with the connection
      }
    }
    return Ending.aborted(why);
  }

  private Complete end(boolean commit) throws SqlFailed, LinkLost {
    Link open = link;
    if (open == null || !open.isOpen()) {
      inDoubt = false;
      throw new LinkLost("lost before the end");
    }
    inDoubt = true;
    EndTransaction end = EndTransaction.newBuilder().setCommit(commit).setAnchor(anchor).build();
    return frames(open, open.send(ClientFrame.newBuilder().setEndTransaction(end)), ANSWER_WAIT)
        .complete();
  }

  private static String say(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private Frames frames(Link open, long request, Duration wait) throws SqlFailed, LinkLost {
    List<List<Value>> rows = new ArrayList<>();
    while (true) {
      ServerFrame frame = open.next(request, wait);
      if (frame.hasRows()) {
        addRows(frame.getRows(), rows);
      } else if (frame.hasComplete()) {
        return new Frames(rows, frame.getComplete());
      } else if (frame.hasFailure()) {
        throw new SqlFailed(frame.getFailure());
      }
    }
  }

  private static void addRows(Rows frame, List<List<Value>> rows) {
    int columns = frame.getRowCount() == 0 ? 0 : frame.getValuesCount() / frame.getRowCount();
    for (int row = 0; row < frame.getRowCount(); row++) {
      rows.add(List.copyOf(frame.getValuesList().subList(row * columns, (row + 1) * columns)));
    }
  }

  /** Asks any server how the last transaction ended, for a while. */
  private Ending resolve(String why) {
    Resolve question =
        Resolve.newBuilder()
            .setSessionHigh(sessionHigh)
            .setSessionLow(sessionLow)
            .setSequence(sequence)
            .setAnchor(anchor)
            .build();
    env.events().probe("client.resolve");
    for (int i = 0; i < RESOLVE_TRIES; i++) {
      try {
        Link open = connected();
        long request = open.send(ClientFrame.newBuilder().setResolve(question));
        Resolved resolved = resolved(open, request);
        switch (resolved.getOutcome()) {
          case COMMITTED -> {
            acked = sequence;
            return Ending.committed(resolved.getCommitTimestampNanos());
          }
          case ABORTED -> {
            acked = sequence;
            return Ending.aborted("resolved: " + why);
          }
          default -> env.fibers().sleep(CONNECT_PAUSE);
        }
      } catch (SqlFailed | LinkLost e) {
        env.fibers().sleep(CONNECT_PAUSE);
      }
    }
    return Ending.unknown(why);
  }

  private static Resolved resolved(Link open, long request) throws SqlFailed, LinkLost {
    while (true) {
      ServerFrame frame = open.next(request, ANSWER_WAIT);
      if (frame.hasResolved()) {
        return frame.getResolved();
      }
      if (frame.hasFailure()) {
        throw new SqlFailed(frame.getFailure());
      }
    }
  }

  /**
   * The open connection, or a new one to some server; once one is lost inside a transaction, none.
   */
  private Link connected() throws LinkLost {
    Link open = link;
    if (open != null && open.isOpen()) {
      return open;
    }
    if (inTransaction && !beginsNow) {
      throw new LinkLost("lost within a transaction");
    }
    List<ServerId> servers =
        random.chance(NEAR_OF_FOUR, 4) ? universe.near(machine.machine()) : universe.members();
    servers = only.isEmpty() ? servers : only;
    ServerId server = servers.get(random.nextInt(servers.size()));
    Link fresh = new Link(machine, universe, server, group -> anchor = group);
    Hello hello =
        Hello.newBuilder()
            .setProtocol(1)
            .setDatabase("main")
            .setApplication("simulator")
            .setSessionHigh(sessionHigh)
            .setSessionLow(sessionLow)
            .setAnchors(true)
            .build();
    long request = fresh.send(ClientFrame.newBuilder().setHello(hello));
    try {
      ServerFrame frame = fresh.next(request, ANSWER_WAIT);
      if (frame.hasFailure()) {
        throw new LinkLost(frame.getFailure().getMessage());
      }
    } catch (LinkLost e) {
      env.fibers().sleep(CONNECT_PAUSE);
      throw e;
    }
    link = fresh;
    return fresh;
  }
}
