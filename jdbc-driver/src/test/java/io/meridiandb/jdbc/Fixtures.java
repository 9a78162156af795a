package io.meridiandb.jdbc;

import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.jdbc.protocol.ClientSession;
import io.meridiandb.jdbc.protocol.RequestFailedException;
import io.meridiandb.jdbc.protocol.SessionConfig;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Column;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.RowDescription;
import io.meridiandb.wire.proto.Rows;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.Type;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the tests of the driver have in common. */
final class Fixtures {
  private static final int RECOVERY_MILLIS = 3_000;

  private Fixtures() {}

  static ConnectionImpl connect(Connector... servers) throws SQLException {
    return connect(RECOVERY_MILLIS, servers);
  }

  static ConnectionImpl connect(int recoveryMillis, Connector... servers) throws SQLException {
    try {
      ClientSession session =
          ClientSession.connect(
              new SessionConfig(List.of(servers), "main", "test", Map.of(), 2_000, recoveryMillis));
      return new ConnectionImpl(
          session, "jdbc:meridian://fake/main", "main", DriverSettings.of(Map.of(), true));
    } catch (RequestFailedException e) {
      throw SqlErrors.of(e);
    }
  }

  static Column column(String name, Type.Kind kind) {
    return Column.newBuilder()
        .setName(name)
        .setType(Type.newBuilder().setKind(kind))
        .setNullable(true)
        .build();
  }

  /** A result in one frame. */
  static FakeServer.Script rows(List<Column> columns, Object... values) {
    Rows.Builder rows = Rows.newBuilder().setRowCount(values.length / columns.size());
    for (Object value : values) {
      rows.addValues(Values.of(value));
    }
    return script(columns, List.of(ServerFrame.newBuilder().setRows(rows)));
  }

  /** Numbers from 1 in many frames of one row each. */
  static FakeServer.Script numbers(int count) {
    List<ServerFrame.Builder> frames = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      frames.add(
          ServerFrame.newBuilder()
              .setRows(Rows.newBuilder().setRowCount(1).addValues(Values.of((Object) i))));
    }
    return script(List.of(column("n", Type.Kind.INTEGER)), frames);
  }

  private static FakeServer.Script script(List<Column> columns, List<ServerFrame.Builder> frames) {
    List<ServerFrame.Builder> all = new ArrayList<>();
    all.add(
        ServerFrame.newBuilder()
            .setRowDescription(RowDescription.newBuilder().addAllColumns(columns)));
    all.addAll(frames);
    return new FakeServer.Script(
        all,
        ServerFrame.newBuilder()
            .setComplete(Complete.newBuilder().setTag("SELECT").setUpdateCount(-1)));
  }
}
