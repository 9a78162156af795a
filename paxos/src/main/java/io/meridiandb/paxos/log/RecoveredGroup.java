package io.meridiandb.paxos.log;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the log knows of one group after a start.
 *
 * @param group the group
 * @param promised the last promise; {@link Ballot#ZERO} if there was none
 * @param baseIndex entries up to here were dropped behind a checkpoint; 0 if none
 * @param baseBallot the stamp that the entry at {@code baseIndex} had
 * @param commitHint entries up to here are surely chosen; at least {@code baseIndex}
 * @param old the chosen entries from {@code baseIndex + 1} on that only the disk has
 * @param entries those that follow, without holes
 * @param membership who belonged to the group, as far as no entry says it
 */
public record RecoveredGroup(
    GroupId group,
    Ballot promised,
    long baseIndex,
    Ballot baseBallot,
    long commitHint,
    OldPart old,
    List<LogEntry> entries,
    RecoveredMembership membership) {

  /** A group of whose members nothing was recorded. */
  public RecoveredGroup(
      GroupId group,
      Ballot promised,
      long baseIndex,
      Ballot baseBallot,
      long commitHint,
      List<LogEntry> entries) {
    this(
        group,
        promised,
        baseIndex,
        baseBallot,
        commitHint,
        OldPart.NONE,
        entries,
        RecoveredMembership.NONE);
  }

  /** Whether a replica was here and has been closed. */
  public boolean closed() {
    return configuration() == null && !membership.floorBallot().equals(Ballot.ZERO);
  }

  /** The same but for the entries. */
  RecoveredGroup withoutEntries() {
    return new RecoveredGroup(
        group, promised, baseIndex, baseBallot, commitHint, OldPart.NONE, List.of(), membership);
  }

  /** The last configuration that is remembered, chosen or not; null if none is. */
  public @Nullable Configuration configuration() {
    ByteString last = configurationUpTo(Long.MAX_VALUE);
    return last.isEmpty() ? null : Configuration.decode(last);
  }

  /** What the last entry up to {@code index} says, or the checkpoint; empty if nothing does. */
  private ByteString configurationUpTo(long index) {
    return Stream.concat(old.configurations().stream(), entries.stream())
        .filter(entry -> entry.kind() == EntryKind.CONFIGURATION)
        .filter(entry -> entry.index() > membership.index() && entry.index() <= index)
        .reduce((earlier, later) -> later)
        .map(LogEntry::payload)
        .orElse(membership.configuration());
  }

  /**
   * Everybody who may be a member by the last configuration; but a server that only an entry of
   * which nobody knows that it is chosen makes a witness still holds the data that it held before:
   * the others may need it as a leader to choose that entry.
   *
   * @return null if no configuration is remembered
   */
  public @Nullable ReplicaSet mayBeMembers(ServerId self) {
    Configuration last = configuration();
    if (last == null || last.everybody().kindOf(self) != ReplicaSet.Kind.WITNESS) {
      return last == null ? null : last.everybody();
    }
    ByteString chosen = configurationUpTo(commitHint);
    ReplicaSet now = last.everybody();
    boolean data =
        !chosen.isEmpty() && Configuration.decode(chosen).everybody().dataHolders().contains(self);
    return data ? now.with(self, ReplicaSet.Kind.FULL) : now;
  }

  /** A group whose replica has gone from the server: only its promises are left. */
  public static RecoveredGroup closed(GroupId group, Ballot promised, LogRecord.VoteFloor floor) {
    RecoveredMembership left =
        new RecoveredMembership(0, ByteString.EMPTY, floor.lastBallot(), floor.lastIndex());
    return new RecoveredGroup(group, promised, 0, Ballot.ZERO, 0, OldPart.NONE, List.of(), left);
  }

  /** A group that has no record yet. */
  public static RecoveredGroup empty(GroupId group) {
    return new RecoveredGroup(group, Ballot.ZERO, 0, Ballot.ZERO, 0, List.of());
  }
}
