package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.concurrent.CompletableFuture;

/**
 * What a group replicates; the owner of the data implements it. All calls come on the server
 * strand.
 */
public interface StateMachine {
  /**
   * Asked once, at start: the index up to which the state survived the restart by itself. Entries
   * above it that are known to be chosen are applied again.
   */
  long checkpointIndex();

  /**
   * A command was chosen. Calls come in the order of the log, once for each command, on every
   * replica, with the same entries everywhere. Must not block.
   *
   * <p>Throws {@link MachineStoppedException} if it has stopped on this server: then its replica
   * takes no input any more.
   *
   * @param entry of kind {@code COMMAND}; its timestamp is higher than those of all before it
   */
  void apply(LogEntry entry);

  /**
   * The replica leads now: {@code LEADER_START} is chosen, it and all before it are applied, and
   * the lease is held (protocol G4). Locks may be granted and reads served while {@link
   * Replica#leaseValidNow()} holds.
   */
  void becameLeader(LeaderTerm term);

  /**
   * A planned hand-over: everything appended is chosen and applied, no lease is held any more, and
   * {@link #stepDown} follows at once, with nothing in between. What the state machine holds only
   * in memory and its successor could go on with, such as the lock table, may be given away here;
   * the successor finds it in {@link LeaderTerm#inherited}, or it is lost, as at any other change.
   *
   * <p>Every timestamp promised for it must have been told to {@link Replica#clock} before: the
   * successor begins above all of them (protocol G7: s_max).
   *
   * @return at most {@link ReplicaHost#HAND_OVER_BYTES_MAX}; more is not shipped
   */
  default ByteString handOver() {
    return ByteString.EMPTY;
  }

  /**
   * The replica leads no longer; all locks of the term are void. Proposals whose fate is unknown
   * fail after this call. Called only after {@link #becameLeader}.
   */
  void stepDown();

  /**
   * The members have changed: the change is chosen. Called on every replica, also on one that is no
   * member any more. If this server is a witness now and its data is to go, {@link
   * ReplicaHost#openWitness} is called before anything else happens on the strand: a later change
   * may count on data that is still here then. After a restart earlier changes may be told again:
   * {@link Replica#members} knows the latest.
   */
  default void membersChanged(ReplicaSet members) {}

  /**
   * Reads out the state for another replica (protocol G25): all versions of entries up to one
   * index, whatever their timestamps, and none of later ones, with everything else that {@link
   * #checkpointIndex} stands for. The index is that of the last durable checkpoint or higher.
   *
   * @return the image, on the server strand; fails if none can be made now
   */
  default CompletableFuture<ImageSource> exportImage() {
    return CompletableFuture.failedFuture(
        new IllegalStateException("this state machine cannot be copied"));
  }

  /**
   * Takes in the state of another replica. Nothing of it shows before {@link ImageSink#finish};
   * {@link #apply} is not called in between.
   *
   * @param index the entry after which the state stood so
   * @return where the bytes go; fails if this machine cannot take an image
   */
  default CompletableFuture<ImageSink> importImage(long index) {
    return CompletableFuture.failedFuture(
        new IllegalStateException("this state machine cannot be copied"));
  }

  /**
   * The same for an image whose bytes can be told from others: if a part of just these is durable
   * here already, {@link ImageSink#position} of the sink stands behind it.
   *
   * @param identity {@link ImageSource#identity}; empty if it has none
   */
  default CompletableFuture<ImageSink> importImage(long index, ByteString identity) {
    return importImage(index);
  }

  /** Of which image a part is durable here since an earlier start; empty if of none. */
  default ByteString unfinishedImage() {
    return ByteString.EMPTY;
  }

  /**
   * This replica is so far behind that the others no longer hold the entries it lacks: it needs
   * another replica's checkpoint. The host fetches one by itself; this only tells.
   *
   * @param appliedIndex the last entry it has
   */
  default void installNeeded(long appliedIndex) {}
}
