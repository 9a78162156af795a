package io.meridiandb.jdbc.protocol;

import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.link.Surroundings;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.WireLimits;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Hello;
import io.meridiandb.wire.proto.Resolve;
import io.meridiandb.wire.proto.Resolved;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.Welcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The link that a session has, and how it gets another: first connect, reconnect with the same
 * session id, and the question how a transaction ended. Used under the session's lock, {@link
 * #close} and the getters from anywhere.
 */
final class SessionLinks {
  /** First and longest pause between two rounds over the hosts. */
  private static final long PAUSE_MILLIS_MIN = 20;

  private static final long PAUSE_MILLIS_MAX = 500;

  /** How long one host may take to greet while others could be asked. */
  private static final long GREETING_MILLIS_MAX = 5_000;

  /** SET statements that are repeated after a reconnect; older ones are forgotten. */
  private static final int SETTINGS_MAX = 100;

  private final SessionConfig config;
  private final Surroundings surroundings;
  private final long sessionHigh;
  private final long sessionLow;
  private final List<String> settings = new ArrayList<>();
  private volatile @Nullable Link link;
  private volatile Welcome welcome = Welcome.getDefaultInstance();
  private volatile boolean closed;

  /** The group that would know how the last transaction ended (protocol G14). */
  private volatile long anchor;

  SessionLinks(SessionConfig config) {
    this.config = config;
    this.surroundings = config.surroundings();
    this.sessionHigh = surroundings.randomLong();
    this.sessionLow = surroundings.randomLong();
  }

  Surroundings surroundings() {
    return surroundings;
  }

  /** The group where the end of a transaction would be asked for: each request names it. */
  long anchor() {
    return anchor;
  }

  /** How a transaction ended, as far as can be known. */
  record Ending(boolean known, long committedAt, String why) {}

  Link link() {
    Link current = link;
    if (current == null) {
      throw new IllegalStateException("not connected");
    }
    return current;
  }

  boolean isOpen() {
    Link current = link;
    return !closed && current != null && current.isOpen();
  }

  boolean isClosed() {
    return closed;
  }

  Welcome welcome() {
    return welcome;
  }

  /** The server is about to end: the next request goes to another one. */
  void leave() {
    link().close();
  }

  void close() {
    closed = true;
    Link current = link;
    if (current != null) {
      current.close();
    }
  }

  /** Connects for the first time: every host is tried once. */
  void connect() throws RequestFailedException {
    long deadline = surroundings.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.connectMillis());
    round(deadline);
  }

  /**
   * Connects again after a loss; tries all hosts until the time for recovery is over.
   *
   * @return what was lost and why, for a message
   */
  String reconnect() throws RequestFailedException {
    String lost = String.valueOf(this);
    if (closed) {
      throw new RequestFailedException(ErrorCode.CONNECTION_FAILURE, "the connection is closed");
    }
    RequestFailedException failure = reconnectUntil(recoveryDeadline());
    if (failure == null) {
      return lost;
    }
    close();
    throw new RequestFailedException(
        new MeridianException(
                ErrorCode.CONNECTION_FAILURE,
                "the connection to %s was lost and none could be made within %d s: %s"
                    .formatted(
                        lost,
                        TimeUnit.MILLISECONDS.toSeconds(config.recoveryMillis()),
                        failure.getMessage()),
                failure)
            .withHint("Open a new connection when a server is there again."));
  }

  /** One try, within {@code millis}; for a pool that asks whether the connection is of use. */
  boolean tryReconnect(long millis) {
    if (closed) {
      return false;
    }
    return reconnectUntil(surroundings.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis)) == null;
  }

  private long recoveryDeadline() {
    return surroundings.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.recoveryMillis());
  }

  /** Null if it succeeded. */
  private @Nullable RequestFailedException reconnectUntil(long deadline) {
    long pause = PAUSE_MILLIS_MIN;
    while (true) {
      try {
        round(deadline);
        replaySettings();
        return null;
      } catch (RequestFailedException e) {
        boolean over = surroundings.nanoTime() - deadline >= 0;
        if (over || closed || !surroundings.pause(pause)) {
          return e;
        }
      }
      pause = Math.min(2 * pause, PAUSE_MILLIS_MAX);
    }
  }

  /** Tries each host once. */
  private void round(long deadline) throws RequestFailedException {
    List<String> refusals = new ArrayList<>();
    RequestFailedException last = null;
    for (Connector connector : config.connectors()) {
      try {
        greet(connector, deadline);
        return;
      } catch (RequestFailedException e) {
        last = e;
        refusals.add(connector + " (" + e.getMessage() + ")");
        ErrorCode code = e.error().code();
        if (!code.retryable() && code != ErrorCode.CONNECTION_REFUSED) {
          throw e; // the next host would say the same
        }
      }
    }
    boolean answered = last != null && last.error().code() != ErrorCode.CONNECTION_REFUSED;
    if (answered && config.connectors().size() == 1) {
      throw last;
    }
    throw new RequestFailedException(
        new MeridianException(
                ErrorCode.CONNECTION_REFUSED,
                "no connection to " + String.join(", ", refusals),
                last == null ? null : last.error())
            .withHint("Is the server running, and are host and port right?"));
  }

  private void greet(Connector connector, long deadline) throws RequestFailedException {
    Link fresh;
    try {
      fresh = Link.open(connector, noted -> anchor = noted.getGroup());
    } catch (MeridianException e) {
      throw new RequestFailedException(e);
    }
    Hello.Builder hello =
        Hello.newBuilder()
            .setProtocol(WireLimits.PROTOCOL)
            .setDatabase(config.database())
            .setApplication(config.application())
            .putAllSettings(config.settings())
            .setSessionHigh(sessionHigh)
            .setSessionLow(sessionLow)
            .setAnchors(true);
    boolean up = false;
    try {
      ServerFrame answer =
          ask(fresh, ClientFrame.newBuilder().setHello(hello), deadline, GREETING_MILLIS_MAX);
      if (!answer.hasWelcome()) {
        throw new RequestFailedException(
            ErrorCode.PROTOCOL_VIOLATION, "it does not greet as a Meridian server does");
      }
      welcome = answer.getWelcome();
      up = true;
    } catch (LinkLostException e) {
      throw new RequestFailedException(ErrorCode.CONNECTION_REFUSED, e.reason());
    } finally {
      if (!up) {
        fresh.close();
      }
    }
    Link before = link;
    link = fresh;
    if (before != null) {
      before.close();
    }
    if (closed) {
      fresh.close();
    }
  }

  /** The first frame that answers a request. */
  private ServerFrame ask(Link to, ClientFrame.Builder question, long deadline, long millisMax)
      throws LinkLostException, RequestFailedException {
    long nanos =
        Math.min(
            TimeUnit.MILLISECONDS.toNanos(millisMax),
            Math.max(0, deadline - surroundings.nanoTime()));
    ServerFrame answer;
    try {
      answer = to.send(question).next(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestFailedException(ErrorCode.QUERY_CANCELED, "the thread was interrupted");
    }
    if (answer == null) {
      throw new RequestFailedException(
          ErrorCode.CONNECTION_REFUSED,
          "no answer within " + TimeUnit.NANOSECONDS.toMillis(nanos) + " ms");
    }
    if (answer.hasFailure()) {
      throw new RequestFailedException(answer.getFailure());
    }
    return answer;
  }

  /** Session settings made by SQL live on the server that was lost. */
  private void replaySettings() throws RequestFailedException {
    for (String setting : settings) {
      try {
        ask(
            link(),
            ClientFrame.newBuilder().setExecute(Execute.newBuilder().setSql(setting)),
            recoveryDeadline(),
            GREETING_MILLIS_MAX);
      } catch (LinkLostException e) {
        throw new RequestFailedException(ErrorCode.CONNECTION_FAILURE, e.reason());
      }
    }
  }

  /** Keeps a SET statement to be repeated at the next server. */
  void rememberSetting(String sql) {
    String start = sql.strip().toUpperCase(Locale.ROOT);
    if (start.startsWith("SET TRANSACTION") || start.startsWith("SET LOCAL")) {
      return;
    }
    if (settings.size() == SETTINGS_MAX) {
      settings.remove(0);
    }
    settings.add(sql);
  }

  /** Asks the universe how transaction {@code sequence} of this session ended, until it knows. */
  Ending resolve(long sequence) {
    long deadline = recoveryDeadline();
    ClientFrame.Builder question =
        ClientFrame.newBuilder()
            .setResolve(
                Resolve.newBuilder()
                    .setSessionHigh(sessionHigh)
                    .setSessionLow(sessionLow)
                    .setSequence(sequence)
                    .setAnchor(anchor));
    String why = "the connection was closed";
    long pause = PAUSE_MILLIS_MIN;
    while (!closed) {
      try {
        if (!isOpen()) {
          RequestFailedException failure = reconnectUntil(deadline);
          if (failure != null) {
            return new Ending(false, 0, String.valueOf(failure.getMessage()));
          }
        }
        ServerFrame answer = ask(link(), question, deadline, GREETING_MILLIS_MAX);
        Resolved resolved = answer.getResolved();
        switch (resolved.getOutcome()) {
          case COMMITTED -> {
            return new Ending(true, Math.max(1, resolved.getCommitTimestampNanos()), "");
          }
          case ABORTED -> {
            return new Ending(true, 0, "");
          }
          case EXPIRED -> {
            return new Ending(false, 0, "the universe no longer keeps its outcome");
          }
          case UNKNOWN, UNRECOGNIZED -> why = "its outcome is not decided yet";
        }
      } catch (LinkLostException e) {
        why = e.reason();
      } catch (RequestFailedException e) {
        why = String.valueOf(e.getMessage());
        ErrorCode code = e.error().code();
        if (!code.retryable() && code != ErrorCode.CONNECTION_REFUSED) {
          return new Ending(false, 0, why);
        }
      }
      if (surroundings.nanoTime() - deadline >= 0 || !surroundings.pause(pause)) {
        return new Ending(false, 0, why);
      }
      pause = Math.min(2 * pause, PAUSE_MILLIS_MAX);
    }
    return new Ending(false, 0, why);
  }

  /** The error for an outcome that could not be found out; it names the transaction. */
  MeridianException unknownOutcome(long sequence, String reason, String why) {
    return new MeridianException(
            ErrorCode.TRANSACTION_OUTCOME_UNKNOWN,
            "whether transaction %016x%016x/%d committed is not known: the connection was lost: %s; %s"
                .formatted(sessionHigh, sessionLow, sequence, reason, why))
        .withHint(
            "It did or did not commit as a whole: look for its effects before running it again.");
  }

  /** The current server. */
  @Override
  public String toString() {
    Link current = link;
    return current == null ? "no server" : current.toString();
  }
}
