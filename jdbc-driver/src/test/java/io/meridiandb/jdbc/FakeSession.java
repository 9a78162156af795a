package io.meridiandb.jdbc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.ExecuteBatch;
import io.meridiandb.wire.proto.Prepared;
import io.meridiandb.wire.proto.Resolved;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionMode;
import io.meridiandb.wire.proto.TransactionState;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Welcome;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** One connection of a {@link FakeServer}; all of it runs on one thread. */
final class FakeSession {
  private final FakeServer server;
  private final FrameChannel.Listener client;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(body -> {
        Thread made = new Thread(body, "fake-session");
        made.setDaemon(true);
        return made;
      });
  private final ArrayDeque<ClientFrame> waiting = new ArrayDeque<>();
  private TransactionState state = TransactionState.IDLE;
  private long sequence;
  private boolean cut;

  // A result on its way.
  private ArrayDeque<ServerFrame.Builder> rows = new ArrayDeque<>();
  private ServerFrame.Builder end = ServerFrame.newBuilder();
  private long rowsRequest;
  private long credit;

  FakeSession(FakeServer server, FrameChannel.Listener client) {
    this.server = server;
    this.client = client;
  }

  FrameChannel channel() {
    return new FrameChannel() {
      @Override
      public void send(byte[] frame) {
        thread.execute(() -> arrived(frame));
      }

      @Override
      public void close() {
        thread.execute(() -> cut(""));
      }
    };
  }

  private void arrived(byte[] bytes) {
    if (cut) {
      return;
    }
    ClientFrame frame;
    try {
      frame = ClientFrame.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    server.received.add(frame);
    if (server.cutBefore.test(frame)) {
      cut("link cut before the request");
    } else if (frame.hasCredit()) {
      credit =
          Math.min(
              Integer.MAX_VALUE, credit + Integer.toUnsignedLong(frame.getCredit().getFrames()));
      sendRows();
    } else if (frame.hasCancel()) {
      cancel(frame.getCancel().getTarget());
    } else if (frame.hasAnchorKnown()) {
      return; // a real server commits now
    } else if (rowsRequest != 0) {
      waiting.add(frame); // one request after another
    } else if (!server.ignore.test(frame)) {
      handle(frame);
    }
  }

  private void cut(String reason) {
    if (!cut) {
      cut = true;
      client.closed(reason);
    }
  }

  private void handle(ClientFrame frame) {
    long request = frame.getRequest();
    switch (frame.getBodyCase()) {
      case HELLO ->
          send(
              request,
              ServerFrame.newBuilder()
                  .setWelcome(
                      Welcome.newBuilder()
                          .setProtocol(1)
                          .setServerVersion("0.1.0")
                          .setServerName(server.toString())),
              complete(""));
      case EXECUTE -> execute(frame);
      case EXECUTE_BATCH -> batch(frame);
      case PREPARE ->
          send(
              request,
              ServerFrame.newBuilder()
                  .setPrepared(
                      Prepared.newBuilder()
                          .addParameterTypes(Type.newBuilder().setKind(Type.Kind.BIGINT))
                          .setReturnsRows(true)
                          .addColumns(
                              Column.newBuilder()
                                  .setName("n")
                                  .setType(Type.newBuilder().setKind(Type.Kind.INTEGER)))),
              complete(""));
      case PING -> send(request, complete(""));
      case END_TRANSACTION -> endTransaction(frame);
      case RESOLVE -> resolve(frame);
      case CREDIT, CANCEL, ANCHOR_KNOWN, BODY_NOT_SET -> throw new AssertionError(frame);
    }
  }

  private ServerFrame.Builder complete(String tag) {
    return ServerFrame.newBuilder()
        .setComplete(Complete.newBuilder().setTag(tag).setUpdateCount(-1).setState(state));
  }

  private void send(long request, ServerFrame.Builder... frames) {
    for (ServerFrame.Builder frame : frames) {
      client.frame(frame.setRequest(request).build().toByteArray());
    }
  }

  private void execute(ClientFrame frame) {
    Execute execute = frame.getExecute();
    open(execute.getMode(), execute.getSequence());
    var scripted = server.scripts.get(execute.getSql());
    FakeServer.Script script =
        scripted == null
            ? FakeServer.Script.failure(
                Failures.toFrame(
                    new MeridianException(
                        ErrorCode.SYNTAX_ERROR,
                        "no script for \"" + execute.getSql() + "\"",
                        "Add one.",
                        3,
                        null)))
            : scripted.apply(execute);
    if (execute.getMode() == TransactionMode.AUTOCOMMIT && script.end().hasComplete()) {
      server.committed.put(execute.getSequence(), 1_000 + execute.getSequence());
    }
    if (server.cutAfter.test(frame)) {
      cut("link cut instead of the answer");
      return;
    }
    rowsRequest = frame.getRequest();
    credit = execute.getInitialCredit() == 0 ? Integer.MAX_VALUE : execute.getInitialCredit();
    rows = new ArrayDeque<>(script.frames());
    end = script.end().clone();
    sendRows();
  }

  private void open(TransactionMode mode, long newSequence) {
    if (mode == TransactionMode.IN_TRANSACTION && state == TransactionState.IDLE) {
      state = TransactionState.OPEN;
      sequence = newSequence;
    }
  }

  private void sendRows() {
    while (!rows.isEmpty() && (rows.peek().hasRowDescription() || credit > 0)) {
      ServerFrame.Builder next = rows.remove();
      credit -= next.hasRows() ? 1 : 0;
      send(rowsRequest, next.clone());
    }
    if (rows.isEmpty() && rowsRequest != 0) {
      finish(end);
    }
  }

  private void finish(ServerFrame.Builder last) {
    if (last.hasFailure()) {
      state = FakeServer.isOpen(state) ? TransactionState.FAILED : TransactionState.IDLE;
      last.setFailure(last.getFailure().toBuilder().setState(state));
    } else {
      last.setComplete(last.getComplete().toBuilder().setState(state));
    }
    long request = rowsRequest;
    rowsRequest = 0;
    rows.clear();
    send(request, last);
    while (rowsRequest == 0 && !waiting.isEmpty() && !cut) {
      handle(waiting.remove());
    }
  }

  private void cancel(long target) {
    if (rowsRequest != 0 && (target == 0 || target == rowsRequest)) {
      finish(
          ServerFrame.newBuilder()
              .setFailure(
                  Failures.toFrame(new MeridianException(ErrorCode.QUERY_CANCELED, "canceled"))));
    } else {
      send(
          target,
          ServerFrame.newBuilder()
              .setFailure(
                  Failures.toFrame(new MeridianException(ErrorCode.QUERY_CANCELED, "canceled"))
                      .setState(state)));
    }
  }

  private void batch(ClientFrame frame) {
    ExecuteBatch batch = frame.getExecuteBatch();
    open(batch.getMode(), batch.getSequence());
    Complete.Builder complete =
        Complete.newBuilder().setTag("INSERT").setUpdateCount(-1).setState(state);
    int size = Math.max(batch.getRowsCount(), batch.getStatementsCount());
    for (int i = 0; i < size; i++) {
      boolean bad = batch.getRowsCount() > 0 && batch.getRows(i).getParameters(0).getInteger() < 0;
      if (bad) {
        send(
            frame.getRequest(),
            ServerFrame.newBuilder()
                .setFailure(
                    Failures.toFrame(
                            new MeridianException(ErrorCode.UNIQUE_VIOLATION, "duplicate key"))
                        .setBatchIndex(i)
                        .setState(state)));
        return;
      }
      complete.addBatchCounts(1);
    }
    send(frame.getRequest(), ServerFrame.newBuilder().setComplete(complete));
  }

  private void endTransaction(ClientFrame frame) {
    boolean commit = frame.getEndTransaction().getCommit();
    String tag = commit && state == TransactionState.OPEN ? "COMMIT" : "ROLLBACK";
    if (tag.equals("COMMIT")) {
      server.committed.put(sequence, 1_000 + sequence);
    }
    state = TransactionState.IDLE;
    if (server.cutAfter.test(frame)) {
      cut("link cut instead of the answer");
      return;
    }
    ServerFrame.Builder answer = complete(tag);
    answer.getCompleteBuilder().setCommitTimestampNanos(commit ? 1_000 + sequence : 0);
    send(frame.getRequest(), answer);
  }

  private void resolve(ClientFrame frame) {
    Long at = server.committed.get(frame.getResolve().getSequence());
    Resolved.Builder resolved = Resolved.newBuilder();
    if (server.decided) {
      resolved
          .setOutcome(at == null ? Resolved.Outcome.ABORTED : Resolved.Outcome.COMMITTED)
          .setCommitTimestampNanos(at == null ? 0 : at);
    }
    send(frame.getRequest(), ServerFrame.newBuilder().setResolved(resolved), complete(""));
  }
}
