package io.meridiandb.txn.participant;

import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.participant.PendingEntries.Pending;
import io.meridiandb.txn.participant.Recovery.RecoveryRequest;
import io.meridiandb.txn.proto.PreparedEntry;
import io.meridiandb.txn.proto.Range;
import io.meridiandb.txn.proto.Txn;
import io.meridiandb.txn.proto.Write;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of several groups that this group has voted for and whose outcome it does not
 * know: replicated state, a function of the log's prefix, part of every checkpoint (protocol G8).
 * Nothing but the outcome takes one out: not a leader change, not time.
 *
 * <p>Their write sets block reads at or above their prepare timestamps, on every replica: at which
 * timestamp they commit, if they do, is not known here.
 */
final class PreparedTable {
  /** One vote. */
  static final class Prepared {
    final TxnId id;

    /** With all its writes, whether they came in parts or not. */
    final PreparedEntry entry;

    private final Pending writeSet;
    private final List<Runnable> ended = new ArrayList<>(0);

    private Prepared(TxnId id, PreparedEntry entry, Pending writeSet) {
      this.id = id;
      this.entry = entry;
      this.writeSet = writeSet;
    }

    /** Runs {@code task} on the strand once the outcome is applied, or the leader steps down. */
    void whenEnded(Runnable task) {
      ended.add(task);
    }

    /** Everybody who waits looks again. */
    void settle() {
      List<Runnable> tasks = List.copyOf(ended);
      ended.clear();
      tasks.forEach(Runnable::run);
      writeSet.settle();
    }

    /** What must be asked of the others to end it. */
    RecoveryRequest recovery() {
      return new RecoveryRequest(
          id,
          new GroupId(entry.getAnchor()),
          entry.getParticipantsList().stream().map(GroupId::new).toList(),
          new Timestamp(entry.getCommitStartNanos()),
          entry.getExplicit() ? CommitMode.EXPLICIT : CommitMode.IMPLIED);
    }
  }

  private final TreeMap<TxnId, Prepared> byId = new TreeMap<>();
  private final PendingEntries writeSets = new PendingEntries();

  /** The vote for this attempt, or null. */
  @Nullable Prepared find(TxnId id) {
    return byId.get(id);
  }

  /** The vote for this attempt, or null. */
  @Nullable Prepared find(Txn txn) {
    return byId.isEmpty() ? null : byId.get(Protos.txn(txn));
  }

  /** A vote for any attempt between the two, or null. */
  @Nullable Prepared findBetween(TxnId first, TxnId last) {
    Collection<Prepared> found = byId.subMap(first, true, last, true).values();
    return found.isEmpty() ? null : found.iterator().next();
  }

  /** All votes, in the order of their transactions. */
  List<Prepared> all() {
    return List.copyOf(byId.values());
  }

  /** Applies a vote. */
  void apply(PreparedEntry entry, List<Write> writes) {
    PreparedEntry whole =
        entry.getParts() == 0
            ? entry
            : entry.toBuilder().clearWrites().addAllWrites(writes).setParts(0).build();
    TxnId id = Protos.txn(entry.getTxn());
    Pending writeSet =
        writeSets.add(
            new Timestamp(entry.getVote().getPreparedNanos()),
            Writes.keys(whole.getWritesList()),
            ranges(whole.getExclusiveRangesList()));
    Prepared before = byId.put(id, new Prepared(id, whole, writeSet));
    Invariants.check(before == null, "%s is prepared twice", id);
  }

  /** The outcome is applied; null if it was before. The caller settles what is returned. */
  @Nullable Prepared remove(TxnId id) {
    Prepared gone = byId.remove(id);
    if (gone != null) {
      writeSets.drop(gone.writeSet);
    }
    return gone;
  }

  /** A write set prepared at or below {@code at} that meets the ranges, or null. */
  @Nullable Pending conflict(List<KeyRange> within, Timestamp at) {
    return writeSets.conflict(within, at);
  }

  /** A write set prepared at or below {@code at} that meets the range, or null. */
  @Nullable Pending conflict(KeyRange range, Timestamp at) {
    return writeSets.conflict(range, at);
  }

  /**
   * Above what every timestamp of a new leader must be (protocol G8): the locks under which these
   * transactions have read died with the leader that granted them, but they may commit up to the
   * end of that leader's lease, and nobody may write below that what they have read.
   *
   * @param readsLocked whose locks have been handed over instead
   */
  Timestamp floor(Predicate<TxnId> readsLocked) {
    Timestamp floor = Timestamp.MIN;
    for (Prepared each : byId.values()) {
      if (each.entry.getReads() && !readsLocked.test(each.id)) {
        floor = Timestamp.max(floor, new Timestamp(each.entry.getVote().getLeaseEndNanos()));
      }
    }
    return floor;
  }

  /** All who wait look again. */
  void wake() {
    all().forEach(Prepared::settle);
  }

  /** As it goes into a checkpoint. */
  List<PreparedEntry> image() {
    List<PreparedEntry> image = new ArrayList<>(byId.size());
    byId.values().forEach(each -> image.add(each.entry));
    return image;
  }

  /** Becomes what a checkpoint holds. */
  void restore(List<PreparedEntry> image) {
    List<Prepared> before = all();
    byId.clear();
    before.forEach(each -> writeSets.drop(each.writeSet));
    image.forEach(entry -> apply(entry, entry.getWritesList()));
    before.forEach(Prepared::settle);
  }

  private static List<KeyRange> ranges(List<Range> ranges) {
    return ranges.stream().map(Protos::range).toList();
  }
}
