package io.meridiandb.paxos.attack;

import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage;
import io.meridiandb.paxos.core.Signal;
import io.meridiandb.paxos.lease.LeaseReply;
import io.meridiandb.paxos.lease.LeaseRequest;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import java.util.Locale;

/** Entries, records and messages in the few words that a reader of a scenario needs. */
final class Show {
  private Show() {}

  static String of(LogEntry entry) {
    String text =
        switch (entry.kind()) {
          case LEADER_START -> "START";
          case CONFIGURATION -> "MEMBERS " + Configuration.decode(entry.payload());
          case COMMAND -> text(entry.payload().toStringUtf8());
        };
    return entry.index() + "@" + entry.ballot() + " " + text;
  }

  private static String text(String payload) {
    boolean readable = payload.chars().allMatch(c -> c > ' ' && c < 127);
    return readable ? payload : payload.length() + " bytes";
  }

  static String of(LogRecord record) {
    return switch (record) {
      case LogRecord.Append append -> "append " + of(append.entry());
      case LogRecord.Restamp stamp ->
          "restamp " + stamp.from() + ".." + stamp.to() + " @" + stamp.ballot();
      case LogRecord.CutSuffix cut -> "cut after " + cut.lastKept();
      case LogRecord.CutPrefix cut -> "forget up to " + cut.lastDropped();
      case LogRecord.Promise promise -> "promise " + promise.ballot();
      case LogRecord.Members members ->
          "members from %d on %s"
              .formatted(members.index(), Configuration.decode(members.configuration()));
      case LogRecord.Commit hint -> "commit hint " + hint.index();
      default -> record.toString();
    };
  }

  static String of(Signal signal) {
    return signal.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  static String of(Object message) {
    return switch (message) {
      case PaxosMessage.PreVote m -> "pre-vote";
      case PaxosMessage.PreVoteReply m -> "pre-vote reply " + (m.yes() ? "yes" : "no");
      case PaxosMessage.Prepare m -> "PREPARE " + m.ballot();
      case PaxosMessage.Promise m ->
          "PROMISE " + m.ballot() + " log " + m.log().lastIndex() + "@" + m.log().lastBallot();
      case PaxosMessage.Refusal m -> "refusal of " + m.ballot() + ", promised " + m.promised();
      case PaxosMessage.Fetch m -> "fetch from " + m.from();
      case PaxosMessage.Suffix m -> "suffix " + m.entries().stream().map(Show::of).toList();
      case PaxosMessage.Accept m ->
          "ACCEPT %s after %d %s chosen %d"
              .formatted(
                  m.ballot(),
                  m.prevIndex(),
                  m.entries().stream().map(Show::of).toList(),
                  m.commitIndex());
      case PaxosMessage.Accepted m -> "ACCEPTED " + m.ballot() + " up to " + m.index();
      case PaxosMessage.Behind m ->
          "BEHIND %s promised %s log %d@%s"
              .formatted(m.ballot(), m.promised(), m.log().lastIndex(), m.log().lastBallot());
      case PaxosMessage.Release m ->
          "RELEASE %s to %s%s"
              .formatted(
                  m.ballot(),
                  m.target() == null ? "anybody" : m.target(),
                  m.state().isEmpty() ? "" : ", with " + m.state().toStringUtf8());
      case PaxosMessage.Inquiry m -> "inquiry about " + m.ballot();
      case PaxosMessage.MembersChosen m ->
          "members: up to " + m.chosen() + " chosen, " + m.members();
      case LeaseRequest m -> "asks for a lease";
      case LeaseReply m ->
          (m.granted() ? "gives a lease" : "gives no lease")
              + ", counter "
              + m.counter().incarnation()
              + "."
              + m.counter().revocations();
      default -> message.toString();
    };
  }
}
