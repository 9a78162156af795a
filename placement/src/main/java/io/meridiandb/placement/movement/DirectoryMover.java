package io.meridiandb.placement.movement;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.MoveReport;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.metadata.LocalDirectories;
import io.meridiandb.placement.metadata.MetadataRow;
import io.meridiandb.placement.metadata.MoveRow;
import io.meridiandb.placement.metadata.Rows;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.spanserver.directory.Arrival;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * movedir (Spanner OSDI'12 2.2; protocol C5, G23): moves a directory from one group to another
 * while it is read and written.
 *
 * <ol>
 *   <li>A transaction at the destination announces the arrival: this empties the range there, and
 *       from then on versions are taken from this copy alone.
 *   <li>All versions are copied in the background through the destination's log, then what was
 *       written meanwhile, and so on until little is left.
 *   <li>One transaction over both groups ({@link Flip}) locks the range, copies the rest and
 *       changes the owner.
 *   <li>METADATA follows.
 * </ol>
 *
 * <p>It may die at any point: until the third step is committed nothing has changed for anybody,
 * and whoever takes over begins again; after it only METADATA is behind. Every method waits.
 */
public final class DirectoryMover {
  /** So few versions are left to the last transaction. */
  static final long DELTA_ROWS = 1_000;

  /** Or as many as a round copies in this time. */
  static final Duration DELTA_TIME = Duration.ofMillis(50);

  /** Rounds in the background; a directory that is written faster than that blocks for longer. */
  static final int ROUNDS_MAX = 12;

  private static final int FLIPS_MAX = 12;
  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);
  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(30);

  private final Env env;
  private final CopyLane.Ground ground;
  private final Transactions transactions;
  private final LocationProxy proxy;
  private final RandomSource random;
  private final AtomicLong begun = new AtomicLong();

  /** Moves directories with transactions of this server's gateway. */
  public DirectoryMover(
      Env env, Messenger messenger, Transactions transactions, LocationProxy proxy) {
    this.env = env;
    this.ground = new CopyLane.Ground(env, messenger, proxy);
    this.transactions = transactions;
    this.proxy = proxy;
    this.random = env.random().fork("placement.movement");
  }

  /**
   * Carries a move out, or what is left of it, and writes its end into METADATA.
   *
   * @param move as its row says
   * @throws MeridianException if it could not be done; the source owns the directory as before
   */
  public MoveReport run(MoveRow move) {
    MoveInfo info = move.info();
    DirectoryRow arrived = arrived(info);
    MoveReport report = info.report();
    if (arrived == null) {
      long mover = announce(info);
      CopyLane lane = new CopyLane(ground, info.range(), info.source(), info.destination(), mover);
      int rounds = copy(lane);
      Flip flip = new Flip(env, transactions, proxy, move, mover);
      for (int tries = 1; ; tries++) {
        Flip.Result result = flip.attempt(lane);
        if (result.committed() != null) {
          arrived = result.committed();
          report = new MoveReport(lane.rows(), lane.bytes(), result.blockedMicros(), rounds);
          break;
        }
        if (tries == FLIPS_MAX) {
          throw new MeridianException(
              ErrorCode.UNAVAILABLE,
              "directory %d could not be taken from its writers in %d attempts: %s"
                  .formatted(info.directory(), FLIPS_MAX, result.reason()));
        }
        env.events()
            .event(
                Level.DEBUG,
                "placement.movement",
                "directory %d stays for now: %s".formatted(info.directory(), result.reason()));
        env.fibers().sleep(RETRY_PAUSE);
        lane.round(CopyLane.ROUND_MAX);
        rounds++;
      }
    }
    finish(move, arrived, report);
    env.events()
        .event(
            Level.INFO,
            "placement.movement",
            "directory %d moved from %s to %s: %d versions, %d bytes, blocked for %d us"
                .formatted(
                    info.directory(),
                    info.source(),
                    info.destination(),
                    report.rows(),
                    report.bytes(),
                    report.blockedMicros()));
    return report;
  }

  /** The destination's row if it owns the directory already; null if not. */
  private @Nullable DirectoryRow arrived(MoveInfo info) {
    return transactions
        .write(
            TRANSACTION_MAX,
            transaction -> {
              DirectoryRow row =
                  LocalDirectories.read(transaction, info.destination(), LockMode.SHARED)
                      .exactly(info.range());
              boolean here =
                  row != null
                      && row.owner().equals(info.destination())
                      && row.id() == info.directory();
              return Optional.ofNullable(here ? row : null);
            })
        .orElse(null);
  }

  private long announce(MoveInfo info) {
    long mover = 1 | (random.fork("mover-" + begun.incrementAndGet()).nextLong() & Long.MAX_VALUE);
    transactions.change(
        TRANSACTION_MAX,
        transaction -> {
          GroupId at = info.destination();
          List<Mutation> writes = new ArrayList<>();
          for (Arrival old : arrivals(transaction, at)) {
            if (old.range().overlaps(info.range())) {
              writes.add(delete(at, old.range()));
            }
          }
          writes.add(new Arrival(info.range(), mover, info.source()).put(at));
          Rows.write(transaction, writes);
        });
    return mover;
  }

  static List<Arrival> arrivals(Transaction transaction, GroupId group) {
    return Rows.read(
            transaction,
            SystemTables.groupArrivals(group),
            GroupKeys.arrivals(group),
            LockMode.EXCLUSIVE)
        .stream()
        .map(Arrival::of)
        .toList();
  }

  static Mutation delete(GroupId group, KeyRange arrival) {
    return Mutation.delete(GroupKeys.arrival(group, arrival.start()));
  }

  /** Copies until little is left; returns the rounds it took. */
  private int copy(CopyLane lane) {
    for (int round = 1; ; round++) {
      long from = env.clocks().bootNanos();
      long rows = lane.round(CopyLane.ROUND_MAX);
      long took = env.clocks().bootNanos() - from;
      if (rows < DELTA_ROWS || took < DELTA_TIME.toNanos() || round == ROUNDS_MAX) {
        return round;
      }
    }
  }

  private void finish(MoveRow move, DirectoryRow arrived, MoveReport report) {
    proxy.directories(List.of(arrived.hint()));
    transactions.change(
        TRANSACTION_MAX,
        transaction -> {
          MetadataRow.of(arrived).putIfNewer(transaction);
          move.ended(MoveRow.DONE, report).put(transaction);
        });
  }

  /**
   * Gives a move up for good: what was copied is emptied, its row says why. Nothing happens if
   * somebody else has taken it over or ended it.
   */
  public void giveUp(MoveRow move, String reason) {
    MoveInfo info = move.info();
    transactions.change(
        TRANSACTION_MAX,
        transaction -> {
          MoveRow now = MoveRow.find(transaction, info.id(), LockMode.EXCLUSIVE);
          if (now == null || !now.moving() || !now.driver().equals(move.driver())) {
            return;
          }
          for (Arrival old : arrivals(transaction, info.destination())) {
            if (old.range().equals(info.range())) {
              Rows.write(
                  transaction,
                  List.of(new Arrival(info.range(), 0, info.source()).put(info.destination())));
            }
          }
          move.ended(MoveRow.GIVEN_UP + reason, info.report()).put(transaction);
        });
  }
}
