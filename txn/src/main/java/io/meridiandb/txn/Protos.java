package io.meridiandb.txn;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.proto.Range;
import io.meridiandb.txn.proto.Txn;

/** Between the types of this module and their messages. */
public final class Protos {
  private Protos() {}

  public static Txn txn(TxnId id) {
    return Txn.newBuilder()
        .setSessionHigh(id.sessionHigh())
        .setSessionLow(id.sessionLow())
        .setSequence(id.sequence())
        .setAttempt(id.attempt())
        .build();
  }

  public static TxnId txn(Txn txn) {
    return new TxnId(
        txn.getSessionHigh(), txn.getSessionLow(), txn.getSequence(), txn.getAttempt());
  }

  public static Range range(KeyRange range) {
    Range.Builder out = Range.newBuilder().setStart(bytes(range.start()));
    Key end = range.end();
    return end == null ? out.setUnbounded(true).build() : out.setEnd(bytes(end)).build();
  }

  public static KeyRange range(Range range) {
    return new KeyRange(key(range.getStart()), range.getUnbounded() ? null : key(range.getEnd()));
  }

  /** The bytes of the key, not copied: keys never change. */
  public static ByteString bytes(Key key) {
    return UnsafeByteOperations.unsafeWrap(key.bytes());
  }

  public static Key key(ByteString bytes) {
    return Key.of(bytes.toByteArray());
  }

  public static Timestamp timestamp(long nanos) {
    return new Timestamp(nanos);
  }
}
