package io.meridiandb.jdbc.protocol;

import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.EndTransaction;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.Failure;
import io.meridiandb.wire.proto.Ping;
import io.meridiandb.wire.proto.Prepare;
import io.meridiandb.wire.proto.Prepared;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.TransactionState;
import io.meridiandb.wire.proto.Welcome;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One JDBC connection's half of the SQL protocol (sql.proto, protocol C7 and G14).
 *
 * <p>The session mints its own id and a sequence number for each transaction; both together are the
 * transaction's id and its proof against being executed twice. So when a link breaks, the session
 * connects again, by another server if need be, and:
 *
 * <ul>
 *   <li>no transaction was open, or the server is about to end and began none: nothing is noticed;
 *   <li>one was open and no commit under way: it was not committed; the caller gets 40001 and runs
 *       it again;
 *   <li>a commit was under way: the universe is asked how the transaction ended, and the caller
 *       gets that answer; 08007 only if nobody could say so within the time for recovery.
 * </ul>
 *
 * <p>Where to ask is the transaction's anchor: the server names it before anything is committed,
 * and the session names the one it knows in each request.
 *
 * <p>Callable from several threads; one request runs at a time, {@link #cancel} overtakes.
 */
public final class ClientSession {
  /** Runs under the session's lock. */
  interface Locked<T> {
    T run() throws RequestFailedException;
  }

  /** Runs under the session's lock and may find nothing. */
  interface LockedSearch<T> {
    @Nullable T run() throws RequestFailedException;
  }

  /** How often a request is sent whose link breaks each time before it takes effect. */
  private static final int ATTEMPTS_MAX = 3;

  private final ReentrantLock lock = new ReentrantLock();
  private final SessionLinks links;
  private final AtomicReference<@Nullable Exchange> running = new AtomicReference<>();
  private volatile long networkMillis;
  private volatile TransactionState state = TransactionState.IDLE;
  private volatile long lastCommitNanos;
  private volatile long lastReadNanos;
  private long lastSequence; // guarded by lock, as all below
  private long ackedSequence;
  private long openSequence;
  private @Nullable RowStream streaming;

  private ClientSession(SessionLinks links) {
    this.links = links;
  }

  /** Connects to the first server that takes us. */
  public static ClientSession connect(SessionConfig config) throws RequestFailedException {
    SessionLinks links = new SessionLinks(config);
    links.connect();
    return new ClientSession(links);
  }

  private <T> T locked(Locked<T> body) throws RequestFailedException {
    lock.lock();
    try {
      return body.run();
    } finally {
      lock.unlock();
    }
  }

  <T> @Nullable T lockedSearch(LockedSearch<T> body) throws RequestFailedException {
    lock.lock();
    try {
      return body.run();
    } finally {
      lock.unlock();
    }
  }

  void lockedQuietly(Runnable body) {
    lock.lock();
    try {
      body.run();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Executes a statement.
   *
   * @param statement the statement; sequence and acknowledged sequence are added here
   */
  public Answer execute(Execute.Builder statement) throws RequestFailedException {
    return locked(() -> untilItTookEffect(() -> tryExecute(statement)));
  }

  /**
   * Runs the first request of a transaction again if its link was lost and it is proved to have
   * done nothing: nobody has seen anything of it yet.
   */
  private <T> T untilItTookEffect(Locked<T> request) throws RequestFailedException {
    for (int attempt = 1; ; attempt++) {
      boolean first = state == TransactionState.IDLE;
      try {
        return request.run();
      } catch (RequestFailedException e) {
        if (!first || !e.isNothingDone() || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }

  private Answer tryExecute(Execute.Builder statement) throws RequestFailedException {
    boolean opens = prepareToSend();
    statement
        .setSequence(opens ? ++lastSequence : 0)
        .setAckedSequence(ackedSequence)
        .setAnchor(links.anchor());
    boolean mayCommit =
        opens
            ? statement.getMode() == TransactionMode.AUTOCOMMIT
            : endsTransaction(statement.getSql());
    Exchange exchange =
        send(
            ClientFrame.newBuilder().setExecute(statement),
            opens ? lastSequence : openSequence,
            mayCommit,
            statement.getTimeoutMillis());
    Answer answer = firstAnswer(exchange);
    Complete complete = answer.complete();
    if (complete != null && complete.getTag().equals("SET")) {
      links.rememberSetting(statement.getSql());
    }
    return answer;
  }

  private static boolean endsTransaction(String sql) {
    String start = sql.stripLeading();
    start = start.substring(0, Math.min(6, start.length())).toUpperCase(Locale.ROOT);
    // a leading comment may hide the word: then better ask once too often
    return start.startsWith("COMMIT")
        || start.startsWith("END")
        || start.startsWith("--")
        || start.startsWith("/*");
  }

  private Answer firstAnswer(Exchange exchange) throws RequestFailedException {
    while (true) {
      ServerFrame frame = exchange.nextFrame();
      if (frame.hasRowDescription()) {
        RowStream rows = new RowStream(this, exchange, frame.getRowDescription().getColumnsList());
        streaming = rows;
        return new Answer(rows, null);
      }
      if (frame.hasComplete()) {
        return new Answer(null, frame.getComplete());
      }
    }
  }

  /** Executes a batch: one round trip, and one transaction unless one is open already. */
  public Complete executeBatch(ExecuteBatch.Builder batch) throws RequestFailedException {
    return locked(() -> untilItTookEffect(() -> tryExecuteBatch(batch)));
  }

  private Complete tryExecuteBatch(ExecuteBatch.Builder batch) throws RequestFailedException {
    boolean opens = prepareToSend();
    batch
        .setSequence(opens ? ++lastSequence : 0)
        .setAckedSequence(ackedSequence)
        .setAnchor(links.anchor());
    return completion(
        send(
            ClientFrame.newBuilder().setExecuteBatch(batch),
            opens ? lastSequence : openSequence,
            opens && batch.getMode() == TransactionMode.AUTOCOMMIT,
            batch.getTimeoutMillis()));
  }

  /**
   * Ends the open transaction; nothing happens if there is none.
   *
   * @return how it ended, or null if there was none
   */
  public @Nullable Complete endTransaction(boolean commit) throws RequestFailedException {
    return lockedSearch(() -> {
      finishStreaming();
      if (state == TransactionState.IDLE) {
        return null;
      }
      if (!links.isOpen() && !commit) {
        transactionEnded(); // the server has rolled it back with the link
        return null;
      }
      prepareToSend();
      return completion(
          send(
              ClientFrame.newBuilder()
                  .setEndTransaction(
                      EndTransaction.newBuilder().setCommit(commit).setAnchor(links.anchor())),
              openSequence,
              commit,
              0));
    });
  }

  private Complete completion(Exchange exchange) throws RequestFailedException {
    while (true) {
      ServerFrame frame = exchange.nextFrame();
      if (frame.hasComplete()) {
        return frame.getComplete();
      }
    }
  }

  /** Asks for the shape of a statement. */
  public Prepared prepare(String sql) throws RequestFailedException {
    return locked(() -> {
      prepareToSend();
      Exchange exchange =
          send(
              ClientFrame.newBuilder().setPrepare(Prepare.newBuilder().setSql(sql)),
              openSequence,
              false,
              0);
      while (true) {
        ServerFrame frame = exchange.nextFrame();
        if (frame.hasPrepared()) {
          return frame.getPrepared();
        }
        if (frame.hasComplete()) {
          throw new RequestFailedException(
              ErrorCode.PROTOCOL_VIOLATION, "the server did not say what the statement gives");
        }
      }
    });
  }

  /**
   * Whether the server answers within {@code millis}. A link that is lost is not mended here: a
   * pool that asks wants to know about this connection.
   */
  public boolean ping(long millis) {
    lock.lock();
    try {
      finishStreaming();
      if (!links.isOpen()) {
        return state == TransactionState.IDLE && links.tryReconnect(millis);
      }
      Exchange exchange = new Exchange(this, links.link(), 0, Exchange.Doubt.NONE, 0);
      exchange.start(ClientFrame.newBuilder().setPing(Ping.getDefaultInstance()));
      exchange.await(new Patience(links.surroundings(), 0, millis));
      return true;
    } catch (LinkLostException e) {
      return state == TransactionState.IDLE && links.tryReconnect(millis);
    } finally {
      lock.unlock();
    }
  }

  /** Cancels what runs; callable from any thread, has no effect if nothing runs. */
  public void cancel() {
    Exchange exchange = running.get();
    if (exchange != null) {
      exchange.cancel();
    }
  }

  /** Makes the connection ready for a request; says whether that request opens a transaction. */
  private boolean prepareToSend() throws RequestFailedException {
    finishStreaming();
    if (!links.isOpen()) {
      boolean open = state != TransactionState.IDLE;
      String reason = links.reconnect();
      if (open) {
        transactionEnded();
        throw rolledBack(reason);
      }
    }
    return state == TransactionState.IDLE;
  }

  private void finishStreaming() {
    RowStream rows = streaming;
    streaming = null;
    if (rows != null) {
      rows.bufferRest();
    }
  }

  private Exchange send(
      ClientFrame.Builder frame, long sequence, boolean mayCommit, long statementMillis) {
    Exchange.Doubt doubt =
        sequence == 0
            ? Exchange.Doubt.NONE
            : mayCommit ? Exchange.Doubt.MAY_BE_COMMITTED : Exchange.Doubt.NOT_COMMITTED;
    Exchange exchange = new Exchange(this, links.link(), sequence, doubt, statementMillis);
    running.set(exchange); // before it is sent, so that a cancel never misses it
    exchange.start(frame);
    return exchange;
  }

  // What exchanges report, with the lock held.

  void completed(Exchange exchange, Complete complete) {
    running.compareAndSet(exchange, null);
    if (complete.getCommitTimestampNanos() != 0) {
      lastCommitNanos = complete.getCommitTimestampNanos();
    }
    lastReadNanos = complete.getReadTimestampNanos();
    enter(exchange, complete.getState());
  }

  ServerFrame failed(Exchange exchange, Failure failure) throws RequestFailedException {
    running.compareAndSet(exchange, null);
    MeridianException error = Failures.toException(failure);
    if (error.code() == ErrorCode.SHUTTING_DOWN && state == TransactionState.IDLE) {
      links.leave();
      transactionEnded();
      throw RequestFailedException.provedRolledBack(error); // it was refused before it began
    }
    if (failure.getOutcomeUnknown() && exchange.doubt() == Exchange.Doubt.MAY_BE_COMMITTED) {
      return settle(exchange, failure.getMessage());
    }
    enter(exchange, failure.getState());
    throw new RequestFailedException(failure);
  }

  private void enter(Exchange exchange, TransactionState next) {
    state = next;
    if (exchange.sequence() == 0) {
      return;
    }
    if (next == TransactionState.IDLE) {
      transactionEnded();
    } else {
      openSequence = exchange.sequence();
    }
  }

  private void transactionEnded() {
    state = TransactionState.IDLE;
    openSequence = 0;
    ackedSequence = lastSequence;
  }

  ServerFrame lostDuring(Exchange exchange, LinkLostException lost) throws RequestFailedException {
    running.compareAndSet(exchange, null);
    String reason = links + " (" + lost.reason() + ")";
    switch (exchange.doubt()) {
      case NONE ->
          throw new RequestFailedException(
              ErrorCode.CONNECTION_FAILURE, "the connection was lost: " + reason);
      case NOT_COMMITTED -> {
        links.reconnect();
        transactionEnded();
        throw exchange.gaveUp() ? tooLate() : rolledBack(reason);
      }
      case MAY_BE_COMMITTED -> {
        return settle(exchange, reason);
      }
    }
    throw new IllegalStateException("no such doubt");
  }

  /** Finds out how a transaction ended whose commit got no answer. */
  private ServerFrame settle(Exchange exchange, String reason) throws RequestFailedException {
    SessionLinks.Ending ending = links.resolve(exchange.sequence());
    if (!ending.known()) {
      links.close();
      throw new RequestFailedException(
          links.unknownOutcome(exchange.sequence(), reason, ending.why()));
    }
    transactionEnded();
    if (ending.committedAt() == 0) {
      throw exchange.gaveUp() ? tooLate() : rolledBack(reason);
    }
    lastCommitNanos = ending.committedAt();
    return ServerFrame.newBuilder()
        .setComplete(
            Complete.newBuilder()
                .setTag("COMMIT")
                .setUpdateCount(Answer.COUNT_LOST)
                .setState(TransactionState.IDLE)
                .setCommitTimestampNanos(ending.committedAt())
                .addNotices(
                    "the answer was lost with the connection "
                        + reason
                        + "; the transaction is committed"))
        .build();
  }

  private static RequestFailedException tooLate() {
    return new RequestFailedException(
        ErrorCode.QUERY_CANCELED,
        "the server neither answered nor stopped in time, so its connection was given up;"
            + " nothing is committed");
  }

  private static RequestFailedException rolledBack(String reason) {
    return RequestFailedException.provedRolledBack(
        new MeridianException(
                ErrorCode.SERIALIZATION_FAILURE,
                "the transaction was rolled back, as its connection was lost: " + reason)
            .withHint("Nothing of it was committed: run the transaction again."));
  }

  /** The server's greeting at the last connect. */
  public Welcome welcome() {
    return links.welcome();
  }

  /** Whether a transaction is open, and whether it can go on. */
  public TransactionState state() {
    return state;
  }

  /** Commit timestamp of the last transaction of this session, in nanoseconds; 0 if none. */
  public long lastCommitNanos() {
    return lastCommitNanos;
  }

  /** The moment that the last request has read, in nanoseconds; 0 if it was not one moment. */
  public long lastReadNanos() {
    return lastReadNanos;
  }

  /** How long the network may be silent while an answer is waited for; 0 = for ever. */
  public void setNetworkMillis(long millis) {
    networkMillis = millis;
  }

  /** How long the network may be silent while an answer is waited for; 0 = for ever. */
  public long networkMillis() {
    return networkMillis;
  }

  /** Whether the session was closed, by us or by a loss that could not be mended. */
  public boolean isClosed() {
    return links.isClosed();
  }

  /** Closes; the server rolls back what is open. Callable from any thread. */
  public void close() {
    links.close();
  }
}
