package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.core.PaxosMessage.LogState;
import io.meridiandb.paxos.lease.LeaseCounter;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.proto.AcceptProto;
import io.meridiandb.paxos.proto.AcceptedProto;
import io.meridiandb.paxos.proto.BallotProto;
import io.meridiandb.paxos.proto.BehindProto;
import io.meridiandb.paxos.proto.CounterProto;
import io.meridiandb.paxos.proto.EntryProto;
import io.meridiandb.paxos.proto.FetchProto;
import io.meridiandb.paxos.proto.InquiryProto;
import io.meridiandb.paxos.proto.LogStateProto;
import io.meridiandb.paxos.proto.PaxosFrame;
import io.meridiandb.paxos.proto.PreVoteProto;
import io.meridiandb.paxos.proto.PreVoteReplyProto;
import io.meridiandb.paxos.proto.PrepareProto;
import io.meridiandb.paxos.proto.PromiseProto;
import io.meridiandb.paxos.proto.RefusalProto;
import io.meridiandb.paxos.proto.ReleaseProto;
import io.meridiandb.paxos.proto.RemovedProto;
import io.meridiandb.paxos.proto.SuffixProto;

/** Group messages as bytes, and back. */
final class PaxosWire {
  private PaxosWire() {}

  static PaxosFrame encode(PaxosMessage message) {
    PaxosFrame.Builder frame = PaxosFrame.newBuilder();
    switch (message) {
      case PaxosMessage.PreVote m ->
          frame.setPreVote(PreVoteProto.newBuilder().setIncarnation(m.incarnation()));
      case PaxosMessage.PreVoteReply m ->
          frame.setPreVoteReply(
              PreVoteReplyProto.newBuilder()
                  .setYes(m.yes())
                  .setPromised(ballot(m.promised()))
                  .setCommitIndex(m.commitIndex()));
      case PaxosMessage.Prepare m ->
          frame.setPrepare(PrepareProto.newBuilder().setBallot(ballot(m.ballot())));
      case PaxosMessage.Promise m ->
          frame.setPromise(
              PromiseProto.newBuilder()
                  .setBallot(ballot(m.ballot()))
                  .setLog(logState(m.log()))
                  .setCounter(counter(m.counter()))
                  .setReleasedNanos(m.released().nanos()));
      case PaxosMessage.Refusal m ->
          frame.setRefusal(
              RefusalProto.newBuilder()
                  .setBallot(ballot(m.ballot()))
                  .setPromised(ballot(m.promised())));
      case PaxosMessage.Fetch m ->
          frame.setFetch(FetchProto.newBuilder().setBallot(ballot(m.ballot())).setFrom(m.from()));
      case PaxosMessage.Suffix m -> {
        ByteString entries = EntryBlock.encode(m.entries(), m.from(), m.ballot());
        frame.setSuffix(
            SuffixProto.newBuilder()
                .setBallot(ballot(m.ballot()))
                .setFrom(m.from())
                .setEntriesCount(m.entries().size())
                .setEntries(entries));
      }
      case PaxosMessage.Accept m -> frame.setAccept(accept(m));
      case PaxosMessage.Accepted m ->
          frame.setAccepted(
              AcceptedProto.newBuilder()
                  .setBallot(ballot(m.ballot()))
                  .setIndex(m.index())
                  .setCommitIndex(m.commitIndex())
                  .setCheckpoint(m.checkpoint())
                  .setApplied(m.applied())
                  .setCounter(counter(m.counter())));
      case PaxosMessage.Behind m ->
          frame.setBehind(
              BehindProto.newBuilder()
                  .setBallot(ballot(m.ballot()))
                  .setPromised(ballot(m.promised()))
                  .setLog(logState(m.log())));
      case PaxosMessage.Release m -> frame.setRelease(release(m));
      case PaxosMessage.Inquiry m ->
          frame.setInquiry(
              InquiryProto.newBuilder().setBallot(ballot(m.ballot())).setCommitIndex(m.commit()));
      case PaxosMessage.MembersChosen m ->
          frame.setRemoved(
              RemovedProto.newBuilder()
                  .setChosenIndex(m.chosen())
                  .setMembers(m.members().toProto())
                  .setDispensable(m.dispensable()));
    }
    return frame.build();
  }

  private static AcceptProto accept(PaxosMessage.Accept m) {
    return AcceptProto.newBuilder()
        .setBallot(ballot(m.ballot()))
        .setStartIndex(m.startIndex())
        .setPrevIndex(m.prevIndex())
        .setEntriesCount(m.entries().size())
        .setEntries(EntryBlock.encode(m.entries(), m.prevIndex() + 1, m.ballot()))
        .setCommitIndex(m.commitIndex())
        .setTrimIndex(m.trimIndex())
        .setClosedNanos(m.closed().nanos())
        .setClosedIndex(m.closedIndex())
        .build();
  }

  private static PaxosMessage accept(AcceptProto m) {
    Ballot ballot = ballot(m.getBallot());
    return new PaxosMessage.Accept(
        ballot,
        m.getStartIndex(),
        m.getPrevIndex(),
        EntryBlock.decode(m.getEntries(), m.getEntriesCount(), m.getPrevIndex() + 1, ballot),
        m.getCommitIndex(),
        m.getTrimIndex(),
        new Timestamp(m.getClosedNanos()),
        m.getClosedIndex());
  }

  private static ReleaseProto release(PaxosMessage.Release m) {
    ServerId target = m.target();
    return ReleaseProto.newBuilder()
        .setBallot(ballot(m.ballot()))
        .setTarget(target == null ? 0 : target.value())
        .setSMaxNanos(m.sMax().nanos())
        .setState(m.state())
        .build();
  }

  private static PaxosMessage membersChosen(RemovedProto m) {
    return new PaxosMessage.MembersChosen(
        m.getChosenIndex(), Configuration.of(m.getMembers()), m.getDispensable());
  }

  /**
   * Reads a frame.
   *
   * @throws IllegalArgumentException if it is empty or of a kind that is not known here
   */
  static PaxosMessage decode(PaxosFrame frame) {
    return switch (frame.getBodyCase()) {
      case PRE_VOTE -> new PaxosMessage.PreVote(frame.getPreVote().getIncarnation());
      case PRE_VOTE_REPLY ->
          new PaxosMessage.PreVoteReply(
              frame.getPreVoteReply().getYes(),
              ballot(frame.getPreVoteReply().getPromised()),
              frame.getPreVoteReply().getCommitIndex());
      case PREPARE -> new PaxosMessage.Prepare(ballot(frame.getPrepare().getBallot()));
      case PROMISE -> {
        PromiseProto m = frame.getPromise();
        yield new PaxosMessage.Promise(
            ballot(m.getBallot()),
            logState(m.getLog()),
            counter(m.getCounter()),
            new Timestamp(m.getReleasedNanos()));
      }
      case REFUSAL ->
          new PaxosMessage.Refusal(
              ballot(frame.getRefusal().getBallot()), ballot(frame.getRefusal().getPromised()));
      case FETCH ->
          new PaxosMessage.Fetch(ballot(frame.getFetch().getBallot()), frame.getFetch().getFrom());
      case SUFFIX -> {
        SuffixProto m = frame.getSuffix();
        Ballot ballot = ballot(m.getBallot());
        yield new PaxosMessage.Suffix(
            ballot,
            m.getFrom(),
            EntryBlock.decode(m.getEntries(), m.getEntriesCount(), m.getFrom(), ballot));
      }
      case ACCEPT -> accept(frame.getAccept());
      case ACCEPTED -> {
        AcceptedProto m = frame.getAccepted();
        yield new PaxosMessage.Accepted(
            ballot(m.getBallot()),
            m.getIndex(),
            m.getCommitIndex(),
            m.getCheckpoint(),
            m.getApplied(),
            counter(m.getCounter()));
      }
      case BEHIND -> {
        BehindProto m = frame.getBehind();
        yield new PaxosMessage.Behind(
            ballot(m.getBallot()), ballot(m.getPromised()), logState(m.getLog()));
      }
      case RELEASE -> {
        ReleaseProto m = frame.getRelease();
        yield new PaxosMessage.Release(
            ballot(m.getBallot()),
            m.getTarget() == 0 ? null : new ServerId(m.getTarget()),
            new Timestamp(m.getSMaxNanos()),
            m.getState());
      }
      case INQUIRY ->
          new PaxosMessage.Inquiry(
              ballot(frame.getInquiry().getBallot()), frame.getInquiry().getCommitIndex());
      case REMOVED -> membersChosen(frame.getRemoved());
      case BODY_NOT_SET -> throw new IllegalArgumentException("a paxos message without a body");
    };
  }

  static BallotProto ballot(Ballot ballot) {
    return BallotProto.newBuilder()
        .setRound(ballot.round())
        .setServer(ballot.server().value())
        .setIncarnation(ballot.incarnation())
        .build();
  }

  static Ballot ballot(BallotProto proto) {
    return new Ballot(proto.getRound(), new ServerId(proto.getServer()), proto.getIncarnation());
  }

  static CounterProto counter(LeaseCounter counter) {
    return CounterProto.newBuilder()
        .setIncarnation(counter.incarnation())
        .setRevocations(counter.revocations())
        .build();
  }

  static LeaseCounter counter(CounterProto proto) {
    return new LeaseCounter(proto.getIncarnation(), proto.getRevocations());
  }

  private static LogStateProto logState(LogState state) {
    return LogStateProto.newBuilder()
        .setLastBallot(ballot(state.lastBallot()))
        .setLastIndex(state.lastIndex())
        .setCommitIndex(state.commitIndex())
        .build();
  }

  private static LogState logState(LogStateProto proto) {
    return new LogState(
        ballot(proto.getLastBallot()), proto.getLastIndex(), proto.getCommitIndex());
  }

  static EntryProto entry(LogEntry entry) {
    return EntryProto.newBuilder()
        .setIndex(entry.index())
        .setBallot(ballot(entry.ballot()))
        .setKind(entry.kind().number())
        .setTimestampNanos(entry.timestamp().nanos())
        .setPayload(entry.payload())
        .build();
  }

  static LogEntry entry(EntryProto proto) {
    return new LogEntry(
        proto.getIndex(),
        ballot(proto.getBallot()),
        EntryKind.of(proto.getKind()),
        new Timestamp(proto.getTimestampNanos()),
        proto.getPayload());
  }
}
