package io.meridiandb.sql.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.row.expr.ValueText;
import io.meridiandb.row.type.SqlType;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Failure;
import io.meridiandb.wire.proto.Hello;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import io.meridiandb.wire.spi.FrameChannel;
import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A client that speaks frames and shows answers as text. */
final class TestClient implements FrameChannel {
  private final BlockingQueue<ServerFrame> answers = new LinkedBlockingQueue<>();
  private final FrameChannel.Listener toServer;
  private long request;
  volatile boolean closed;

  TestClient(SqlService service) {
    toServer = service.connect(this);
  }

  @Override
  public void send(byte[] frame) {
    try {
      answers.add(ServerFrame.parseFrom(frame));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Leaves. */
  void leave() {
    toServer.closed("");
  }

  /** Sends a request; returns its number. */
  long request(ClientFrame.Builder frame) {
    request++;
    toServer.frame(frame.setRequest(request).build().toByteArray());
    return request;
  }

  /** Sends bytes that need not be a frame. */
  void raw(byte[] bytes) {
    toServer.frame(bytes);
  }

  /** The next answer. */
  ServerFrame next() {
    try {
      ServerFrame frame = answers.poll(10, TimeUnit.SECONDS);
      if (frame == null) {
        throw new IllegalStateException("no answer within 10 s");
      }
      return frame;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean hasAnswer() {
    return !answers.isEmpty();
  }

  void hello() {
    request(
        ClientFrame.newBuilder()
            .setHello(
                Hello.newBuilder()
                    .setProtocol(1)
                    .setDatabase("main")
                    .setSessionHigh(7)
                    .setSessionLow(8)));
    ServerFrame answer = next();
    if (!answer.hasWelcome()) {
      throw new IllegalStateException(answer.toString());
    }
  }

  /** What came back for one request. */
  record Answer(List<Column> columns, List<List<String>> rows, Complete complete, Failure failure) {
    /** As scripts have it, one line each. */
    List<String> lines() {
      List<String> lines = new ArrayList<>();
      if (failure != null) {
        lines.add(
            "error "
                + failure.getSqlState()
                + (failure.getPosition() > 0 ? " at " + failure.getPosition() : "")
                + ": "
                + failure.getMessage());
        return lines;
      }
      complete.getNoticesList().forEach(notice -> lines.add("notice: " + notice));
      if (columns.isEmpty()) {
        lines.add(
            complete.getTag()
                + (complete.getUpdateCount() > 0 ? " " + complete.getUpdateCount() : ""));
        return lines;
      }
      lines.add(columns.stream().map(Column::getName).collect(Collectors.joining(" | ")));
      rows.forEach(row -> lines.add(String.join(" | ", row)));
      lines.add("(" + rows.size() + (rows.size() == 1 ? " row)" : " rows)"));
      return lines;
    }
  }

  Answer execute(String sql, Value... parameters) {
    return execute(Execute.newBuilder().setSql(sql).addAllParameters(List.of(parameters)));
  }

  Answer execute(Execute.Builder execute) {
    request(ClientFrame.newBuilder().setExecute(execute));
    return answer();
  }

  /** Reads the whole answer of a request. */
  Answer answer() {
    List<Column> columns = new ArrayList<>();
    List<List<String>> rows = new ArrayList<>();
    while (true) {
      ServerFrame frame = next();
      if (frame.hasRowDescription()) {
        columns.addAll(frame.getRowDescription().getColumnsList());
      } else if (frame.hasRows()) {
        addRows(columns, frame, rows);
      } else {
        return new Answer(
            columns,
            rows,
            frame.hasComplete() ? frame.getComplete() : null,
            frame.hasFailure() ? frame.getFailure() : null);
      }
    }
  }

  private static void addRows(List<Column> columns, ServerFrame frame, List<List<String>> rows) {
    List<Value> values = frame.getRows().getValuesList();
    for (int r = 0; r < frame.getRows().getRowCount(); r++) {
      List<String> row = new ArrayList<>();
      for (int c = 0; c < columns.size(); c++) {
        row.add(text(values.get(r * columns.size() + c), columns.get(c).getType()));
      }
      rows.add(row);
    }
  }

  private static String text(Value value, Type type) {
    if (Values.isNull(value)) {
      return "NULL";
    }
    Object object = Values.toJava(value, type.getKind());
    SqlType sql = SqlType.of(SqlType.Kind.ofNumber(type.getKind().getNumber()));
    return switch (object) {
      case BigDecimal number -> number.toPlainString();
      case OffsetDateTime time -> ValueText.format(time.toInstant(), sql);
      case Float number -> ValueText.format(number.doubleValue(), sql);
      default -> ValueText.format(object, sql);
    };
  }
}
