package io.meridiandb.txn;

import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.txn.proto.CommitCall;
import io.meridiandb.txn.proto.CommitReply;
import io.meridiandb.txn.proto.KeepAlive;
import io.meridiandb.txn.proto.KeepAliveReply;
import io.meridiandb.txn.proto.LockCall;
import io.meridiandb.txn.proto.LockReply;
import io.meridiandb.txn.proto.OutcomeAcknowledged;
import io.meridiandb.txn.proto.OutcomeCall;
import io.meridiandb.txn.proto.OutcomeReply;
import io.meridiandb.txn.proto.PrepareCall;
import io.meridiandb.txn.proto.PrepareReply;
import io.meridiandb.txn.proto.ReadCall;
import io.meridiandb.txn.proto.ReadReply;
import io.meridiandb.txn.proto.ResolveCall;
import io.meridiandb.txn.proto.ResolveReply;
import io.meridiandb.txn.proto.RollbackNotice;
import io.meridiandb.txn.proto.VoteCall;
import io.meridiandb.txn.proto.VoteReply;

/** The types of messages between gateways and participants; numbers 200 to 299, never reused. */
public final class TxnMessages {
  public static final MessageType<ReadCall> READ =
      new MessageType<>(200, "txn.read", ReadCall.parser(), Lane.DATA);
  public static final MessageType<ReadReply> READ_REPLY =
      new MessageType<>(201, "txn.read.reply", ReadReply.parser(), Lane.DATA);
  public static final MessageType<LockCall> LOCK =
      new MessageType<>(202, "txn.lock", LockCall.parser(), Lane.DATA);
  public static final MessageType<LockReply> LOCK_REPLY =
      new MessageType<>(203, "txn.lock.reply", LockReply.parser(), Lane.DATA);
  public static final MessageType<CommitCall> COMMIT =
      new MessageType<>(204, "txn.commit", CommitCall.parser(), Lane.DATA);
  public static final MessageType<CommitReply> COMMIT_REPLY =
      new MessageType<>(205, "txn.commit.reply", CommitReply.parser(), Lane.DATA);
  public static final MessageType<RollbackNotice> ROLLBACK =
      new MessageType<>(206, "txn.rollback", RollbackNotice.parser(), Lane.CONTROL);
  public static final MessageType<KeepAlive> KEEP_ALIVE =
      new MessageType<>(207, "txn.keep.alive", KeepAlive.parser(), Lane.CONTROL);
  public static final MessageType<ResolveCall> RESOLVE =
      new MessageType<>(208, "txn.resolve", ResolveCall.parser(), Lane.CONTROL);
  public static final MessageType<ResolveReply> RESOLVE_REPLY =
      new MessageType<>(209, "txn.resolve.reply", ResolveReply.parser(), Lane.CONTROL);
  public static final MessageType<PrepareCall> PREPARE =
      new MessageType<>(210, "txn.prepare", PrepareCall.parser(), Lane.DATA);
  public static final MessageType<PrepareReply> PREPARE_REPLY =
      new MessageType<>(211, "txn.prepare.reply", PrepareReply.parser(), Lane.DATA);
  public static final MessageType<OutcomeCall> OUTCOME =
      new MessageType<>(212, "txn.outcome", OutcomeCall.parser(), Lane.CONTROL);
  public static final MessageType<OutcomeReply> OUTCOME_REPLY =
      new MessageType<>(213, "txn.outcome.reply", OutcomeReply.parser(), Lane.CONTROL);
  public static final MessageType<VoteCall> VOTE =
      new MessageType<>(214, "txn.vote", VoteCall.parser(), Lane.CONTROL);
  public static final MessageType<VoteReply> VOTE_REPLY =
      new MessageType<>(215, "txn.vote.reply", VoteReply.parser(), Lane.CONTROL);
  public static final MessageType<OutcomeAcknowledged> OUTCOME_ACKNOWLEDGED =
      new MessageType<>(
          216, "txn.outcome.acknowledged", OutcomeAcknowledged.parser(), Lane.CONTROL);
  public static final MessageType<KeepAliveReply> KEEP_ALIVE_REPLY =
      new MessageType<>(217, "txn.keep.alive.reply", KeepAliveReply.parser(), Lane.CONTROL);

  private TxnMessages() {}
}
