package io.meridiandb.txn.gateway;

import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.gateway.GroupCaller.Exchange;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;

/** The kinds of requests that gateways make. */
final class Exchanges {
  static final Exchange<ReadCall, ReadReply> READ =
      new Exchange<>(
          TxnMessages.READ, TxnMessages.READ_REPLY, ReadReply::getRefusal, ReadReply::getEpoch);
  static final Exchange<LockCall, LockReply> LOCK =
      new Exchange<>(
          TxnMessages.LOCK, TxnMessages.LOCK_REPLY, LockReply::getRefusal, LockReply::getEpoch);
  static final Exchange<CommitCall, CommitReply> COMMIT =
      new Exchange<>(
          TxnMessages.COMMIT,
          TxnMessages.COMMIT_REPLY,
          CommitReply::getRefusal,
          CommitReply::getEpoch);
  static final Exchange<ResolveCall, ResolveReply> RESOLVE =
      new Exchange<>(
          TxnMessages.RESOLVE, TxnMessages.RESOLVE_REPLY, ResolveReply::getRefusal, reply -> 0L);

  private Exchanges() {}
}
