package io.meridiandb.txn.gateway;

import io.meridiandb.txn.TxnMessages;
import io.meridiandb.txn.gateway.LeaderCall.Exchange;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.txn.proto.VoteReply;

/** The kinds of requests that gateways make. */
final class Exchanges {
  static final Exchange<ReadCall, ReadReply> READ =
      new Exchange<>(
          TxnMessages.READ,
          TxnMessages.READ_REPLY,
          ReadReply::getRefusal,
          ReadReply::getEpoch,
          false);
  static final Exchange<LockCall, LockReply> LOCK =
      new Exchange<>(
          TxnMessages.LOCK,
          TxnMessages.LOCK_REPLY,
          LockReply::getRefusal,
          LockReply::getEpoch,
          false);
  static final Exchange<CommitCall, CommitReply> COMMIT =
      new Exchange<>(
          TxnMessages.COMMIT,
          TxnMessages.COMMIT_REPLY,
          CommitReply::getRefusal,
          CommitReply::getEpoch,
          true);

  /** A commit that writes nothing. */
  static final Exchange<CommitCall, CommitReply> RELEASE =
      new Exchange<>(
          TxnMessages.COMMIT,
          TxnMessages.COMMIT_REPLY,
          CommitReply::getRefusal,
          CommitReply::getEpoch,
          false);

  static final Exchange<PrepareCall, PrepareReply> PREPARE =
      new Exchange<>(
          TxnMessages.PREPARE,
          TxnMessages.PREPARE_REPLY,
          PrepareReply::getRefusal,
          PrepareReply::getEpoch,
          true);
  static final Exchange<OutcomeCall, OutcomeReply> OUTCOME =
      new Exchange<>(
          TxnMessages.OUTCOME,
          TxnMessages.OUTCOME_REPLY,
          OutcomeReply::getRefusal,
          reply -> 0L,
          true);
  static final Exchange<VoteCall, VoteReply> VOTE =
      new Exchange<>(
          TxnMessages.VOTE, TxnMessages.VOTE_REPLY, VoteReply::getRefusal, reply -> 0L, true);
  static final Exchange<ResolveCall, ResolveReply> RESOLVE =
      new Exchange<>(
          TxnMessages.RESOLVE,
          TxnMessages.RESOLVE_REPLY,
          ResolveReply::getRefusal,
          reply -> 0L,
          true);

  private Exchanges() {}
}
