package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.core.VoterLag;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.tablet.VersionChunk;
import io.meridiandb.txn.participant.Ownership;
import io.meridiandb.txn.proto.IngestEntry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A group's replica on this server as the placement driver's messages need it. All methods are
 * called on the server strand. A witness has no data: its sizes are 0 and it exports nothing.
 */
public interface LocalGroup {
  /** Which group. */
  GroupId group();

  /** Who has replicas. */
  ReplicaSet members();

  /** Whether it leads now, its lease being valid. */
  boolean leading();

  /** Who leads, as far as known. */
  @Nullable ServerId leaderHint();

  /** The last index applied here. */
  long appliedIndex();

  /** Reads up to here can be served here; {@link Timestamp#MIN} if nothing is closed. */
  Timestamp closed();

  /** About how many bytes of rows a range has here, all versions. */
  long bytesIn(KeyRange range);

  /** Who owns what; null for a witness. */
  @Nullable Ownership ownership();

  /**
   * Only while leading: promises that no later entry gets a timestamp at or below the returned one,
   * which lies at or above those of all entries so far.
   *
   * @return null if it does not lead, or not long enough
   */
  @Nullable Timestamp closeNow();

  /**
   * Runs {@code task} on the strand once every version in {@code range} at or below {@code t} that
   * there will ever be is applied here: entries up to {@code t} are, and no prepared transaction
   * that may still commit at or below {@code t} has written there. May never run.
   */
  void whenSettled(KeyRange range, Timestamp t, Runnable task);

  /** Part of a copy; see {@code Tablet.exportVersions}. */
  VersionChunk exportVersions(
      KeyRange range,
      Timestamp after,
      Timestamp to,
      VersionChunk.@Nullable Cursor from,
      long bytesMax);

  /**
   * Appends an entry if it leads.
   *
   * @return completes on the strand with the entry's index once it is chosen; fails if it was not
   *     appended, or if that is not known
   */
  CompletableFuture<Long> append(IngestEntry entry);

  /** If it leads: how far the other voters lag. */
  default List<VoterLag> lags() {
    return List.of();
  }

  /**
   * Changes the group's members, if it leads; each new one has opened its replica before.
   *
   * @return completes on the strand once the new members alone are the group's; fails if they are
   *     not yet, with a message for people
   */
  CompletableFuture<Void> changeMembers(ReplicaSet target);

  /** Hands the leadership over, if it leads. */
  void handOver(ServerId target);
}
