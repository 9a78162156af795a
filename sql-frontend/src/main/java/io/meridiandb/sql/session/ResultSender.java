package io.meridiandb.sql.session;

import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.sql.plan.physical.PlanColumn;
import io.meridiandb.wire.proto.RowDescription;
import io.meridiandb.wire.proto.Rows;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends the rows of a result in frames, as far as the client's credit goes. What belongs to a
 * change that has not committed is held back.
 */
final class ResultSender {
  /** Most rows of a frame. */
  static final int FRAME_ROWS_MAX = 256;

  /** A frame is sent when its values have so many bytes. */
  static final int FRAME_BYTES = 64 << 10;

  private final Connection connection;
  private final RunningRequest request;
  private final Fibers fibers;
  private final List<ServerFrame> held = new ArrayList<>();
  private final List<Value> values = new ArrayList<>();
  private int rows;
  private int bytes;
  private boolean holding;
  private boolean sent;

  ResultSender(Connection connection, RunningRequest request, Fibers fibers) {
    this.connection = connection;
    this.request = request;
    this.fibers = fibers;
  }

  /** Forgets what is held back and starts anew; only before anything was sent. */
  void restart(boolean holdBack) {
    held.clear();
    values.clear();
    rows = 0;
    bytes = 0;
    holding = holdBack;
  }

  /** Whether the client has got anything. */
  boolean hasSent() {
    return sent;
  }

  void describe(List<PlanColumn> columns) {
    RowDescription.Builder description = RowDescription.newBuilder();
    columns.forEach(column -> description.addColumns(WireTypes.column(column)));
    send(frame().setRowDescription(description).build());
  }

  void row(@Nullable Object[] row) {
    for (Object value : row) {
      Value encoded = WireTypes.value(value);
      values.add(encoded);
      bytes += encoded.getSerializedSize() + 2;
    }
    rows++;
    if (rows >= FRAME_ROWS_MAX || bytes >= FRAME_BYTES) {
      flush();
    }
  }

  /** Sends the rows that wait for a full frame. */
  void flush() {
    if (rows > 0) {
      send(frame().setRows(Rows.newBuilder().addAllValues(values).setRowCount(rows)).build());
      values.clear();
      rows = 0;
      bytes = 0;
    }
  }

  /** Sends what was held back. */
  void release() {
    holding = false;
    List<ServerFrame> frames = List.copyOf(held);
    held.clear();
    frames.forEach(this::send);
  }

  private void send(ServerFrame frame) {
    if (holding) {
      held.add(frame);
      return;
    }
    if (frame.hasRows()) {
      request.takeCredit(fibers);
    }
    sent = true;
    connection.send(frame);
  }

  private ServerFrame.Builder frame() {
    return ServerFrame.newBuilder().setRequest(request.number());
  }
}
