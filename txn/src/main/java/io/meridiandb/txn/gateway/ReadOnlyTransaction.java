package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads at one timestamp, without locks, and never has to be run again (Spanner OSDI'12 4.2.2). If
 * none is given, the leader that is read first chooses it: no commit acknowledged before lies
 * above.
 */
final class ReadOnlyTransaction implements Transaction {
  private final GatewayContext context;
  private final GroupCaller caller;
  private final TransactionBase base;
  private @Nullable Timestamp readTimestamp;

  ReadOnlyTransaction(
      GatewayContext context,
      GroupCaller caller,
      TransactionBase base,
      @Nullable Timestamp readTimestamp) {
    this.context = context;
    this.caller = caller;
    this.base = base;
    this.readTimestamp = readTimestamp;
  }

  @Override
  public TxnId id() {
    return base.id();
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public RowCursor read(ReadRequest request) {
    if (request.lock() != LockMode.NONE) {
      throw new MeridianException(
          ErrorCode.READ_ONLY_TRANSACTION, "a read-only transaction cannot lock rows");
    }
    return new ReadCursor(
        request,
        new ReadSource(caller, base.deadline(), this::at) {
          @Override
          public ReadReply ask(GroupId group, ReadCall.Builder call) {
            ReadReply reply = super.ask(group, call);
            if (!reply.hasRefusal()) {
              readTimestamp = new Timestamp(reply.getReadTimestampNanos());
            }
            return reply;
          }
        },
        context.router(),
        new TreeMap<>());
  }

  private ReadCall.Builder at(ReadCall.Builder call) {
    Timestamp at = readTimestamp;
    return at == null ? call : call.setReadTimestampNanos(at.nanos());
  }

  @Override
  public void write(List<Mutation> mutations, boolean checkNow, SchemaVersion schema) {
    throw new MeridianException(
        ErrorCode.READ_ONLY_TRANSACTION, "a read-only transaction cannot write");
  }

  @Override
  public void lockRange(KeyRange range) {
    throw new MeridianException(
        ErrorCode.READ_ONLY_TRANSACTION, "a read-only transaction cannot lock rows");
  }

  @Override
  public Timestamp commit(SchemaVersion schema) {
    Timestamp at = readTimestamp;
    return at == null ? context.trueTime().now().latest() : at;
  }

  @Override
  public void rollback() {
    // it holds nothing anywhere
  }
}
