package io.meridiandb.paxos.log;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.LogEntry;
import java.time.Duration;

/**
 * What may stand in the write-ahead log. Records of a group are replayed in the order in which they
 * were appended; each changes the group's recovered state as its comment says.
 */
public sealed interface LogRecord {

  /** A record about one group. */
  sealed interface OfGroup extends LogRecord {
    GroupId group();
  }

  /** The entry now stands at the end of the log: its index is the last index + 1. */
  record Append(GroupId group, LogEntry entry) implements OfGroup {}

  /**
   * The entries {@code from..to}, both included and all present, now carry {@code ballot} (protocol
   * G5).
   */
  record Restamp(GroupId group, Ballot ballot, long from, long to) implements OfGroup {}

  /** Entries above {@code lastKept} are gone; a later {@link Append} may put others there. */
  record CutSuffix(GroupId group, long lastKept) implements OfGroup {}

  /**
   * Entries up to {@code lastDropped} may be forgotten: a durable checkpoint covers them. The log
   * then begins after (index {@code lastDropped}, stamp {@code ballot}). If the log ends before
   * {@code lastDropped} (an installed checkpoint), it becomes empty and its next index is {@code
   * lastDropped + 1}.
   */
  record CutPrefix(GroupId group, long lastDropped, Ballot ballot) implements OfGroup {}

  /** The highest ballot this replica has promised to take part in; never falls. */
  record Promise(GroupId group, Ballot ballot) implements OfGroup {}

  /** Entries up to {@code index} are known to be chosen: a hint that spares work after a start. */
  record Commit(GroupId group, long index) implements OfGroup {}

  /**
   * The members at {@code index}, encoded: written when the replica is made (index 0) and when the
   * entry that said it is dropped or comes with an installed checkpoint. The highest index counts.
   * A group with this record has a replica on this server.
   */
  record Members(GroupId group, long index, ByteString configuration) implements OfGroup {}

  /**
   * A replica of the group has gone from this server, with its log, which reached (lastBallot,
   * lastIndex). A later replica has forgotten what that one voted for, so it promises nothing
   * before its own log reaches as far (protocol G6).
   */
  record VoteFloor(GroupId group, Ballot lastBallot, long lastIndex) implements OfGroup {}

  /** The replica has gone: entries, base and members are forgotten, the promise is not. */
  record Closed(GroupId group) implements OfGroup {}

  /**
   * Of the whole server: no lease longer than this is granted (protocol G2); the last record
   * counts.
   */
  record LeaseBound(Duration duration) implements LogRecord {}

  /** Of the whole server: absolute time has surely passed this (protocol G10); the last counts. */
  record TimeMark(Timestamp timestamp) implements LogRecord {}
}
