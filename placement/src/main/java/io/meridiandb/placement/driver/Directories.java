package io.meridiandb.placement.driver;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.placement.metadata.LocalDirectories;
import io.meridiandb.placement.metadata.MetadataRow;
import io.meridiandb.placement.metadata.MoveRow;
import io.meridiandb.placement.metadata.Owners;
import io.meridiandb.placement.metadata.Owners.Owned;
import io.meridiandb.placement.metadata.Rows;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.placement.movement.DirectoryMover;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Splits, merges and moves directories. Every method waits. */
final class Directories {
  static final String DIRECTORY_COUNTER = "directory_id";
  static final String MOVE_COUNTER = "move_id";

  /** Ended moves are forgotten when so many newer ones have ended. */
  static final int ENDED_MOVES_MAX = 100;

  /** Group 0's implicit directory ends where the groups' own rows begin. */
  private static final Key END_OF_ROWS = GroupKeys.all().start();

  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int RUNS_MAX = 5;

  private final Env env;
  private final Transactions transactions;
  private final Owners owners;
  private final DirectoryMover mover;
  private final String self;
  private final Leftovers leftovers;

  /** The moves that fibers of this server work at, or will when those before them have ended. */
  private final Set<MoveInfo> running = ConcurrentHashMap.newKeySet();

  /**
   * For a server.
   *
   * @param self how moves name this server and its incarnation
   */
  Directories(
      Env env, Transactions transactions, Owners owners, DirectoryMover mover, String self) {
    this.env = env;
    this.transactions = transactions;
    this.owners = owners;
    this.mover = mover;
    this.self = self;
    this.leftovers = new Leftovers(env, transactions, this);
  }

  /** Cuts the directory that holds {@code at}; nothing happens if one begins there. */
  void split(Key at) {
    transactions.change(TRANSACTION_MAX, transaction -> split(transaction, at));
  }

  private void split(Transaction transaction, Key at) {
    Owned owned = owners.of(transaction, KeyRange.point(at), LockMode.EXCLUSIVE).getFirst();
    DirectoryRow whole = whole(owned, at);
    if (whole.range().start().equals(at)) {
      return;
    }
    long fresh = Rows.take(transaction, DIRECTORY_COUNTER, 1);
    DirectoryRow right =
        new DirectoryRow(
            new KeyRange(at, whole.range().end()),
            fresh,
            whole.generation() + 1,
            owned.owner(),
            owned.owner(),
            whole.placementId(),
            whole.servers());
    List<Mutation> writes = new ArrayList<>();
    if (whole.generation() > 0) {
      DirectoryRow left =
          new DirectoryRow(
              new KeyRange(whole.range().start(), at),
              whole.id(),
              whole.generation() + 1,
              owned.owner(),
              owned.owner(),
              whole.placementId(),
              whole.servers());
      writes.add(left.put(owned.owner()));
      MetadataRow.of(left).putIfNewer(transaction);
    }
    writes.add(right.put(owned.owner()));
    MetadataRow.of(right).putIfNewer(transaction);
    Rows.write(transaction, writes);
  }

  /** The whole directory that {@code at} lies in, not only the piece that was asked for. */
  private static DirectoryRow whole(Owned owned, Key at) {
    LocalDirectories local = owned.local();
    Key before = null;
    for (DirectoryRow row : local.rows()) {
      if (row.range().contains(at)) {
        return row;
      }
      Key end = row.range().end();
      if (end != null && end.compareTo(at) <= 0) {
        before = end;
      } else if (row.range().start().compareTo(at) > 0) {
        return implicit(before, row.range().start());
      }
    }
    return implicit(before, END_OF_ROWS);
  }

  private static DirectoryRow implicit(@Nullable Key start, Key end) {
    KeyRange range = new KeyRange(start == null ? Key.MIN : start, end);
    return new DirectoryRow(range, 0, 0, GroupId.ZERO, GroupId.ZERO, 0, List.of());
  }

  /** Makes one of the two directories that meet at {@code at}. */
  void merge(Key at) {
    transactions.change(TRANSACTION_MAX, transaction -> merge(transaction, at));
  }

  private void merge(Transaction transaction, Key at) {
    Owned owned = owners.of(transaction, KeyRange.point(at), LockMode.EXCLUSIVE).getFirst();
    DirectoryRow left = null;
    DirectoryRow right = null;
    for (DirectoryRow row : owned.local().rows()) {
      left = Objects.equals(at, row.range().end()) ? row : left;
      right = at.equals(row.range().start()) ? row : right;
    }
    if (left == null || right == null || !left.owner().equals(right.owner())) {
      throw new MeridianException(
              ErrorCode.INVALID_PARAMETER_VALUE,
              "no two directories of one group meet at %s".formatted(at))
          .withHint("Move one of them to the group of the other first.");
    }
    if (left.placementId() != right.placementId()) {
      throw new MeridianException(
          ErrorCode.INVALID_PARAMETER_VALUE,
          "directories %d and %d belong to different placements".formatted(left.id(), right.id()));
    }
    DirectoryRow both =
        new DirectoryRow(
            new KeyRange(left.range().start(), right.range().end()),
            left.id(),
            Math.max(left.generation(), right.generation()) + 1,
            owned.owner(),
            owned.owner(),
            left.placementId(),
            left.servers());
    Rows.write(
        transaction,
        List.of(Mutation.delete(GroupKeys.directory(owned.owner(), at)), both.put(owned.owner())));
    MetadataRow.delete(transaction, at);
    MetadataRow.of(both).putIfNewer(transaction);
  }

  /**
   * Moves all of {@code range} to a group, directory by directory.
   *
   * @param placementId the placement that they belong to afterwards
   */
  MoveReport move(KeyRange range, GroupId destination, long placementId) {
    List<MoveInfo> mine = new ArrayList<>();
    MoveReport sum = MoveReport.NOTHING;
    try {
      for (MoveRow move : begin(range, destination, placementId, mine)) {
        MoveReport one = runOnce(move);
        sum =
            new MoveReport(
                sum.rows() + one.rows(),
                sum.bytes() + one.bytes(),
                Math.max(sum.blockedMicros(), one.blockedMicros()),
                Math.max(sum.rounds(), one.rounds()));
      }
      return sum;
    } catch (RuntimeException e) {
      leftovers.suspect(e);
      throw e;
    } finally {
      mine.forEach(running::remove);
    }
  }

  /**
   * Writes the moves down, after cutting directories that stick out of the range.
   *
   * @param mine gets all that are perhaps written down; they count as running before they are
   */
  private List<MoveRow> begin(
      KeyRange range, GroupId destination, long placementId, List<MoveInfo> mine) {
    for (Key border : borders(range)) {
      split(border);
    }
    return transactions.write(
        TRANSACTION_MAX,
        transaction -> {
          List<MoveRow> moves = new ArrayList<>();
          List<MoveRow> all = MoveRow.all(transaction, LockMode.EXCLUSIVE);
          for (Owned owned : owners.of(transaction, range, LockMode.SHARED)) {
            if (owned.owner().equals(destination)) {
              continue;
            }
            for (MoveRow other : all) {
              if (other.moving() && other.info().range().overlaps(owned.row().range())) {
                throw new MeridianException(
                    ErrorCode.UNAVAILABLE,
                    "directory %d is being moved already".formatted(other.info().directory()));
              }
            }
            MoveRow move = row(transaction, owned, destination, placementId);
            mine.add(move.info());
            running.add(move.info());
            move.put(transaction);
            moves.add(move);
          }
          forget(transaction, all);
          return moves;
        });
  }

  private MoveRow row(Transaction transaction, Owned owned, GroupId destination, long placementId) {
    DirectoryRow row = owned.row();
    long directory =
        row.generation() == 0 ? Rows.take(transaction, DIRECTORY_COUNTER, 1) : row.id();
    MoveInfo info =
        new MoveInfo(
            Rows.take(transaction, MOVE_COUNTER, 1),
            directory,
            row.range(),
            owned.owner(),
            destination,
            MoveRow.MOVING,
            MoveReport.NOTHING,
            transactions.nowLatest());
    return new MoveRow(info, placementId, self);
  }

  private static void forget(Transaction transaction, List<MoveRow> all) {
    List<MoveRow> ended = all.stream().filter(move -> !move.moving()).toList();
    for (int i = 0; i < ended.size() - ENDED_MOVES_MAX; i++) {
      ended.get(i).delete(transaction);
    }
  }

  /** Where a directory with a row of its own must be cut so that {@code range} begins and ends. */
  private List<Key> borders(KeyRange range) {
    return transactions.write(
        TRANSACTION_MAX,
        transaction -> {
          List<Key> borders = new ArrayList<>();
          Key end = range.end();
          for (Owned owned : owners.of(transaction, range, LockMode.SHARED)) {
            for (DirectoryRow row : owned.local().rows()) {
              if (!row.owner().equals(owned.owner())) {
                continue;
              }
              if (row.range().contains(range.start())
                  && !row.range().start().equals(range.start())) {
                borders.add(range.start());
              }
              if (end != null && row.range().contains(end) && !row.range().start().equals(end)) {
                borders.add(end);
              }
            }
          }
          return borders.stream().distinct().toList();
        });
  }

  /** Whether it was this start of this server that began a move. */
  boolean isMine(MoveRow move) {
    return self.equals(move.driver());
  }

  /** Whether a fiber of this server works at a move, or is about to. */
  boolean isRunning(MoveRow move) {
    return running.contains(move.info());
  }

  /**
   * Takes a move over from whoever worked at it, and works at it until it has ended. Of two who do
   * so the later one wins: the copy of the other is not taken any more. Nothing happens if a fiber
   * of this server works at it.
   */
  void takeOver(MoveRow move) {
    if (!running.add(move.info())) {
      return;
    }
    try {
      MoveRow mine = move.by(self);
      boolean taken =
          transactions.write(
              TRANSACTION_MAX,
              transaction -> {
                MoveRow now = MoveRow.find(transaction, move.info().id(), LockMode.EXCLUSIVE);
                boolean same = now != null && now.moving() && now.driver().equals(move.driver());
                if (same) {
                  mine.put(transaction);
                }
                return same;
              });
      if (taken) {
        runOnce(mine);
      }
    } catch (RuntimeException e) {
      leftovers.suspect(e);
      throw e;
    } finally {
      running.remove(move.info());
    }
  }

  /** Works at a move until it has ended, one way or the other. */
  private MoveReport runOnce(MoveRow move) {
    for (int tries = 1; ; tries++) {
      try {
        return mover.run(move);
      } catch (MeridianException e) {
        if (!e.code().retryable() || tries == RUNS_MAX) {
          mover.giveUp(move, String.valueOf(e.getMessage()));
          throw e;
        }
        env.events().count("placement.move.again", 1);
        env.fibers().sleep(PAUSE);
      }
    }
  }

  /** Whether a group owns all of a range already. */
  boolean isAssigned(KeyRange range, GroupId group) {
    return transactions.write(
        TRANSACTION_MAX,
        transaction ->
            owners.of(transaction, range, LockMode.SHARED).stream()
                .allMatch(owned -> owned.owner().equals(group)));
  }

  /** The range of a directory with a row of its own. */
  MetadataRow find(long directoryId) {
    return transactions
        .read(TRANSACTION_MAX, transaction -> MetadataRow.all(transaction, LockMode.NONE))
        .stream()
        .filter(row -> row.id() == directoryId)
        .findFirst()
        .orElseThrow(() ->
            new MeridianException(
                ErrorCode.UNDEFINED_OBJECT, "directory %d does not exist".formatted(directoryId)));
  }
}
