package io.meridiandb.placement.movement;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.placement.MoveInfo;
import io.meridiandb.placement.locationproxy.LocationProxy;
import io.meridiandb.placement.metadata.LocalDirectories;
import io.meridiandb.placement.metadata.MoveRow;
import io.meridiandb.placement.metadata.Rows;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.row.codec.SystemRows;
import io.meridiandb.row.key.GroupKeys;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.spanserver.directory.DirectoryRow;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The last transaction of a move (protocol G23), over the own rows of source and destination: locks
 * the whole range at the source, so that nothing prepared is left and nobody writes any more, lets
 * the last versions be copied, and says in both groups who owns the range from the commit timestamp
 * on. The range is part of what it has written at the source, so a replica there that has closed
 * that timestamp has heard of it (attack 40).
 */
final class Flip {
  /** A directory that is not free of others' locks by then is tried again later. */
  static final Duration DRAIN_MAX = Duration.ofSeconds(1);

  /** How long an attempt may wait altogether; nobody else gets at the range for so long. */
  static final Duration ATTEMPT_MAX = Duration.ofSeconds(3);

  /** How long copying the last versions may take while everybody waits. */
  static final Duration DELTA_MAX = Duration.ofSeconds(2);

  private static final long NANOS_PER_MICRO = 1_000;

  private final Env env;
  private final LocationProxy proxy;
  private final MoveRow move;
  private final MoveInfo info;
  private final long mover;
  private final Transactions.Attempts attempts;

  /**
   * What became of an attempt.
   *
   * @param committed the row that both groups have now; null if nothing was changed
   * @param blockedMicros how long the range took no requests
   * @param reason why nothing was changed
   */
  record Result(@Nullable DirectoryRow committed, long blockedMicros, String reason) {}

  /**
   * The attempts of one move; they keep their age, so that the oldest lock request wins in the end.
   *
   * @param mover as the arrival's row names the copy
   */
  Flip(Env env, Transactions transactions, LocationProxy proxy, MoveRow move, long mover) {
    this.env = env;
    this.proxy = proxy;
    this.move = move;
    this.info = move.info();
    this.mover = mover;
    this.attempts = transactions.attempts();
  }

  /**
   * Tries it once.
   *
   * @throws MeridianException SERIALIZATION_FAILURE if the move must begin again or has become void
   */
  Result attempt(CopyLane lane) {
    Transaction transaction = attempts.next(ATTEMPT_MAX);
    DirectoryRow fresh = null;
    long asked = env.clocks().bootNanos();
    try {
      LocalDirectories source = read(transaction, info.source());
      LocalDirectories destination = read(transaction, info.destination());
      fresh = successor(transaction, source);
      List<Mutation> writes = new ArrayList<>(source.with(fresh));
      List<Mutation> there = new ArrayList<>(destination.with(fresh));
      there.add(DirectoryMover.delete(info.destination(), info.range()));
      Mutation schema = schema(transaction);
      if (schema != null) {
        there.add(schema);
      }
      asked = env.clocks().bootNanos();
      transaction.lockRange(info.range());
      if (env.clocks().bootNanos() - asked > DRAIN_MAX.toNanos()) {
        transaction.rollback();
        return new Result(null, 0, "its locks were not free within a second");
      }
      lane.round(DELTA_MAX);
      Rows.write(transaction, writes);
      Rows.write(transaction, there);
      transaction.commit(SchemaVersion.EXEMPT);
      return new Result(fresh, blocked(asked), "");
    } catch (MeridianException e) {
      transaction.rollback();
      if (fresh != null && attempts.committed(transaction, e)) {
        return new Result(fresh, blocked(asked), "");
      }
      if (!tryAgain(e)) {
        throw e;
      }
      return new Result(null, 0, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Void moves are told by {@link ErrorCode#DEPENDENT_OBJECTS}, which no transaction fails with.
   */
  private static boolean tryAgain(MeridianException e) {
    return e.code().retryable() || e.code() == ErrorCode.TRANSACTION_OUTCOME_UNKNOWN;
  }

  private long blocked(long asked) {
    return (env.clocks().bootNanos() - asked) / NANOS_PER_MICRO;
  }

  private static LocalDirectories read(Transaction transaction, GroupId group) {
    return LocalDirectories.read(transaction, group, LockMode.EXCLUSIVE);
  }

  /** The row that both groups get; the move must not have become void in the meantime. */
  private DirectoryRow successor(Transaction transaction, LocalDirectories source) {
    DirectoryRow row = source.exactly(info.range());
    boolean implicit =
        source.group().equals(GroupId.ZERO)
            && source.pieces(info.range()).stream().allMatch(piece -> piece.generation() == 0);
    if (!implicit && (row == null || !row.owner().equals(source.group()))) {
      throw isVoid("%s does not own exactly %s".formatted(source.group(), info.range()));
    }
    boolean mine =
        DirectoryMover.arrivals(transaction, info.destination()).stream()
            .anyMatch(each -> each.mover() == mover && each.range().equals(info.range()));
    if (!mine) {
      throw isVoid("another copy of %s is under way".formatted(info.range()));
    }
    ReplicaSet members = proxy.members(info.destination());
    return new DirectoryRow(
        info.range(),
        info.directory(),
        row == null ? 1 : row.generation() + 1,
        info.destination(),
        info.source(),
        move.placementId(),
        members == null ? List.of() : List.copyOf(members.full()));
  }

  private MeridianException isVoid(String why) {
    return new MeridianException(
        ErrorCode.DEPENDENT_OBJECTS,
        "the move of directory %d has become void: %s".formatted(info.directory(), why));
  }

  /** The destination must refuse what the source would have: the greater schema version holds. */
  private @Nullable Mutation schema(Transaction transaction) {
    if (info.destination().equals(GroupId.ZERO)) {
      return null; // every change of the schema writes group 0's
    }
    SchemaVersion there = schema(transaction, info.destination());
    SchemaVersion here = schema(transaction, info.source());
    return here.compareTo(there) > 0
        ? Mutation.put(GroupKeys.schemaVersion(info.destination()), SystemRows.encode(here))
        : null;
  }

  private static SchemaVersion schema(Transaction transaction, GroupId group) {
    TableDescriptor table =
        group.equals(GroupId.ZERO)
            ? SystemTables.SCHEMA_VERSION
            : SystemTables.groupSchemaVersion(group);
    List<@Nullable Object[]> rows =
        Rows.read(
            transaction, table, KeyRange.point(GroupKeys.schemaVersion(group)), LockMode.SHARED);
    return rows.isEmpty() || !(rows.getFirst()[1] instanceof Long version)
        ? SchemaVersion.INITIAL
        : new SchemaVersion(version);
  }
}
