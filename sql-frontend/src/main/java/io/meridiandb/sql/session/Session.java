package io.meridiandb.sql.session;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.sql.catalog.SystemViews;
import io.meridiandb.sql.plan.PlanCache.Prepared;
import io.meridiandb.sql.plan.PlannedStatement;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.SchemaChangedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.WireLimits;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.Failure;
import io.meridiandb.wire.proto.Hello;
import io.meridiandb.wire.proto.Resolve;
import io.meridiandb.wire.proto.Resolved;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.Value;
import io.meridiandb.wire.proto.Welcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers the requests of one connection, one after another, each with a Complete or a Failure. */
final class Session {
  private final SessionServices services;
  private final Connection connection;
  private final SessionContext context;
  private final ClientAnchors anchors;
  private final Transactions transactions;
  private final Settings settings;
  private final UtilityStatements utilities;

  Session(SessionServices services, RandomSource random, Connection connection) {
    this.services = services;
    this.connection = connection;
    this.context = new SessionContext(services, connection);
    this.anchors = new ClientAnchors(connection, services.env().fibers());
    this.transactions = new Transactions(services, random, anchors);
    this.settings = new Settings(services.info());
    this.utilities = new UtilityStatements(context, transactions, settings);
  }

  /** Ends what is open. */
  void close() {
    transactions.rollback();
  }

  /** Answers a request. */
  void handle(ClientFrame frame) {
    try {
      answer(frame, begin(frame));
    } catch (MeridianException e) {
      fail(frame, e, Failures.NO_BATCH_INDEX);
    } catch (SchemaChangedException e) {
      services.catalogs().outdatedBy(e.current());
      fail(
          frame,
          new MeridianException(
              ErrorCode.SERIALIZATION_FAILURE, "the schema was changed meanwhile", e),
          Failures.NO_BATCH_INDEX);
    } catch (AwaitTimeoutException e) {
      fail(
          frame,
          new MeridianException(ErrorCode.UNAVAILABLE, "the answer took too long", e),
          Failures.NO_BATCH_INDEX);
    } catch (RuntimeException | StackOverflowError e) {
      services
          .env()
          .events()
          .failure("sql.session", "a request failed for a reason that no code foresees", e);
      fail(
          frame,
          new MeridianException(
              ErrorCode.INTERNAL, "internal error: " + e.getClass().getSimpleName(), e),
          Failures.NO_BATCH_INDEX);
    } finally {
      connection.answered(transactions.isOpen());
    }
  }

  private RunningRequest begin(ClientFrame frame) {
    int asked =
        frame.hasExecute()
            ? frame.getExecute().getTimeoutMillis()
            : frame.hasExecuteBatch() ? frame.getExecuteBatch().getTimeoutMillis() : 0;
    Duration timeout = settings.statementTimeout();
    if (asked > 0 && asked < timeout.toMillis()) {
      timeout = Duration.ofMillis(asked);
    }
    int credit = frame.hasExecute() ? frame.getExecute().getInitialCredit() : 0;
    RunningRequest request =
        new RunningRequest(frame.getRequest(), services.env().clocks(), timeout, credit);
    connection.begin(request);
    return request;
  }

  private void fail(ClientFrame frame, MeridianException error, int batchIndex) {
    boolean ends =
        error.code() != ErrorCode.TRANSACTION_FAILED
            && frame.getBodyCase() != ClientFrame.BodyCase.HELLO;
    if (ends) {
      transactions.fail();
    }
    Failure.Builder failure =
        Failures.toFrame(error)
            .setState(transactions.state())
            .setBatchIndex(batchIndex)
            .setOutcomeUnknown(
                error.code() == ErrorCode.TRANSACTION_OUTCOME_UNKNOWN
                    || error.code() == ErrorCode.STATEMENT_OUTCOME_UNKNOWN);
    send(frame, ServerFrame.newBuilder().setFailure(failure));
  }

  private void send(ClientFrame frame, ServerFrame.Builder answer) {
    connection.send(answer.setRequest(frame.getRequest()).build());
  }

  private void complete(ClientFrame frame, Complete.Builder done) {
    send(frame, ServerFrame.newBuilder().setComplete(done.setState(transactions.state())));
  }

  /**
   * A server that ends finishes what runs and begins nothing more. The client is told before
   * anything was done, so it goes on at another server at once.
   */
  private void refuseIfLeaving() {
    if (connection.leaving() && !transactions.isOpen()) {
      throw new MeridianException(ErrorCode.SHUTTING_DOWN, "the server is shutting down")
          .withHint("Nothing was done: run it at another server of the universe.");
    }
  }

  private void answer(ClientFrame frame, RunningRequest request) {
    switch (frame.getBodyCase()) {
      case HELLO -> {
        refuseIfLeaving();
        hello(frame, frame.getHello());
      }
      case EXECUTE -> {
        refuseIfLeaving();
        anchors.named(frame.getExecute().getAnchor());
        complete(frame, execute(frame.getExecute(), request));
      }
      case EXECUTE_BATCH -> {
        refuseIfLeaving();
        anchors.named(frame.getExecuteBatch().getAnchor());
        executeBatch(frame, request);
      }
      case PREPARE -> prepare(frame);
      case END_TRANSACTION -> {
        anchors.named(frame.getEndTransaction().getAnchor());
        complete(frame, utilities.end(frame.getEndTransaction().getCommit()));
      }
      case RESOLVE -> resolve(frame, frame.getResolve());
      case PING -> complete(frame, Complete.newBuilder().setTag("PING").setUpdateCount(-1));
      case CREDIT, CANCEL, ANCHOR_KNOWN, BODY_NOT_SET ->
          throw new MeridianException(
              ErrorCode.PROTOCOL_VIOLATION, "a request of kind " + frame.getBodyCase());
    }
  }

  private void hello(ClientFrame frame, Hello hello) {
    if (hello.getProtocol() != WireLimits.PROTOCOL) {
      throw new MeridianException(
          ErrorCode.PROTOCOL_VIOLATION,
          "the client speaks protocol %d, this server %d"
              .formatted(hello.getProtocol(), WireLimits.PROTOCOL));
    }
    String database = hello.getDatabase();
    if (!database.isEmpty() && !database.equals(SystemViews.DATABASE)) {
      throw new MeridianException(
              ErrorCode.UNDEFINED_DATABASE, "database \"" + database + "\" does not exist")
          .withHint("The database is called main.");
    }
    transactions.identify(hello.getSessionHigh(), hello.getSessionLow());
    anchors.hello(hello.getAnchors());
    settings.set("application_name", hello.getApplication());
    hello.getSettingsMap().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> settings.set(entry.getKey(), entry.getValue()));
    send(
        frame,
        ServerFrame.newBuilder()
            .setWelcome(
                Welcome.newBuilder()
                    .setProtocol(WireLimits.PROTOCOL)
                    .setServerVersion(services.info().version())
                    .setServerName(services.info().name())
                    .setUniverse(services.info().universe())));
  }

  private Complete.Builder execute(Execute execute, RunningRequest request) {
    String sql = execute.getSql();
    List<Value> values = execute.getParametersList();
    if (transactions.isFailed()) {
      return utilities.inFailed(sql);
    }
    Prepared prepared = context.prepare(sql, WireTypes.declared(values));
    TransactionRequest asked =
        TransactionRequest.of(
            execute.getSequence(), execute.getAckedSequence(), execute.getTransaction());
    if (prepared instanceof Prepared.Planned planned) {
      Work work = new StatementWork(context, request, sql, values, execute.getMaxRows(), planned);
      return run(work, asked, execute.getMode(), request);
    }
    Prepared.Utility utility = (Prepared.Utility) prepared;
    return utilities.run(sql, utility.statement(), execute, asked, request);
  }

  /** Runs work where the mode says: in the client's transaction or as one of its own. */
  private Complete.Builder run(
      Work work, TransactionRequest asked, TransactionMode mode, RunningRequest request) {
    if (!transactions.isOpen() && mode == TransactionMode.IN_TRANSACTION) {
      transactions.begin(asked);
    }
    if (!transactions.isOpen()) {
      return transactions.runAlone(work, asked, request);
    }
    Complete.Builder done = transactions.runInOpen(work);
    transactions.mentionAnchor(anchors);
    return done;
  }

  private void executeBatch(ClientFrame frame, RunningRequest request) {
    ExecuteBatch batch = frame.getExecuteBatch();
    BatchWork work = new BatchWork(context, request, batch);
    try {
      if (transactions.isFailed()) {
        utilities.inFailed("");
      }
      TransactionRequest asked =
          TransactionRequest.of(
              batch.getSequence(), batch.getAckedSequence(), batch.getTransaction());
      complete(frame, run(work, asked, batch.getMode(), request));
    } catch (MeridianException e) {
      fail(frame, e, work.failedIndex());
    }
  }

  private void prepare(ClientFrame frame) {
    String sql = frame.getPrepare().getSql();
    io.meridiandb.wire.proto.Prepared.Builder shape =
        io.meridiandb.wire.proto.Prepared.newBuilder();
    List<@Nullable SqlType> open = new ArrayList<>();
    if (context.prepare(sql, open) instanceof Prepared.Planned planned) {
      PlannedStatement plan = planned.plan();
      if (planned.constants() == null) {
        plan.parameters().forEach(type -> shape.addParameterTypes(WireTypes.type(type)));
      }
      plan.columns().forEach(column -> shape.addColumns(WireTypes.column(column)));
      shape.setReturnsRows(plan.returnsRows());
    } else {
      utilities.shape(sql).forEach(column -> shape.addColumns(WireTypes.column(column)));
      shape.setReturnsRows(shape.getColumnsCount() > 0);
    }
    send(frame, ServerFrame.newBuilder().setPrepared(shape));
  }

  private void resolve(ClientFrame frame, Resolve resolve) {
    Gateway.Outcome outcome =
        services
            .gateway()
            .resolve(
                new TxnId(
                    resolve.getSessionHigh(), resolve.getSessionLow(), resolve.getSequence(), 1),
                new GroupId(resolve.getAnchor()));
    Resolved.Builder answer = Resolved.newBuilder();
    switch (outcome) {
      case Gateway.Outcome.Committed committed ->
          answer
              .setOutcome(Resolved.Outcome.COMMITTED)
              .setCommitTimestampNanos(committed.timestamp().nanos());
      case Gateway.Outcome.Aborted _ -> answer.setOutcome(Resolved.Outcome.ABORTED);
      case Gateway.Outcome.Expired _ -> answer.setOutcome(Resolved.Outcome.EXPIRED);
      case null -> answer.setOutcome(Resolved.Outcome.UNKNOWN);
    }
    send(frame, ServerFrame.newBuilder().setResolved(answer));
  }
}
