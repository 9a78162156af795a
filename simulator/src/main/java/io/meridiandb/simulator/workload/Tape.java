package io.meridiandb.simulator.workload;

import io.meridiandb.simulator.check.Op;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.wire.proto.Value;
import java.util.ArrayList;
import java.util.List;

/** What one transaction does and sees, while it runs. */
public final class Tape {
  private final SqlClient client;
  private final String asOf;
  private final List<Op> ops = new ArrayList<>();
  private long readTimestamp;

  Tape(SqlClient client, String asOf) {
    this.client = client;
    this.asOf = asOf;
  }

  /** Stands behind the table's name in a query: empty, or which past it asks for. */
  String asOf() {
    return asOf;
  }

  List<List<Value>> execute(String sql, Value... parameters) throws SqlFailed, LinkLost {
    SqlClient.Answer answer = client.execute(sql, parameters);
    readTimestamp = answer.readNanos();
    return answer.rows();
  }

  void add(Op op) {
    ops.add(op);
  }

  List<Op> ops() {
    return List.copyOf(ops);
  }

  long readTimestamp() {
    return readTimestamp;
  }

  boolean writes() {
    return ops.stream()
        .anyMatch(
            op -> op instanceof Op.Write || op instanceof Op.Increment || op instanceof Op.Append);
  }
}
