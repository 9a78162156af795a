package io.meridiandb.sql.session;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.exec.ConstraintErrors;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.AnchorKeeper;
import io.meridiandb.txn.gateway.ConditionFailedException;
import io.meridiandb.txn.gateway.SchemaChangedException;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.TransactionState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of one session: at most one that the client opened, otherwise one for each
 * request. Used by the session's fiber alone.
 */
final class Transactions {
  /** How long a transaction that the client opened may last. */
  static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(10);

  /** How often a request that is its own transaction is run before its error is told. */
  static final int ATTEMPTS_MAX = 20;

  private static final int BACKOFF_MILLIS = 2;
  private static final int BACKOFF_MILLIS_MAX = 200;

  private final SessionServices services;
  private final RandomSource random;
  private final AnchorKeeper anchors;
  private long clientHigh;
  private long clientLow;
  private final long ownHigh;
  private final long ownLow;
  private long ownSequence;

  private @Nullable OpenTransaction open;
  private @Nullable TimestampBound openBound;
  private boolean failed;
  private SchemaVersion schema = SchemaVersion.INITIAL;
  private final Map<Long, TableDescriptor> tables = new LinkedHashMap<>();

  /**
   * None is open.
   *
   * @param anchors the client, if transaction ids are its own
   */
  Transactions(SessionServices services, RandomSource random, AnchorKeeper anchors) {
    this.services = services;
    this.random = random;
    this.anchors = anchors;
    this.ownHigh = random.nextLong();
    this.ownLow = random.nextLong();
  }

  /** The client's half of transaction ids; zero leaves them to the server. */
  void identify(long high, long low) {
    clientHigh = high;
    clientLow = low;
  }

  TransactionState state() {
    if (failed) {
      return TransactionState.FAILED;
    }
    return open == null ? TransactionState.IDLE : TransactionState.OPEN;
  }

  boolean isOpen() {
    return open != null || failed;
  }

  boolean isFailed() {
    return failed;
  }

  private boolean byClient(TransactionRequest request) {
    return request.sequence() != 0 && (clientHigh != 0 || clientLow != 0);
  }

  /** Only who knows the id asks later how it ended. */
  private AnchorKeeper anchors(TransactionRequest request) {
    return byClient(request) ? anchors : AnchorKeeper.NOBODY;
  }

  /** Lets the client know in time whom it would ask about the open transaction (protocol G14). */
  void mentionAnchor(ClientAnchors client) {
    OpenTransaction transaction = open;
    GroupId anchor = transaction == null ? null : transaction.transaction().anchor();
    if (transaction != null && anchor != null) {
      client.mention(transaction.transaction().id(), anchor);
    }
  }

  private TxnId id(TransactionRequest request, int attempt) {
    return byClient(request)
        ? new TxnId(clientHigh, clientLow, request.sequence(), attempt)
        : new TxnId(ownHigh, ownLow, ++ownSequence, attempt);
  }

  /** Opens the client's transaction. */
  OpenTransaction begin(TransactionRequest request) {
    TransactionOptions options =
        new TransactionOptions(
            request.readOnly(),
            request.boundOfTransaction(),
            null,
            request.ackedSequence(),
            TRANSACTION_TIMEOUT,
            anchors(request));
    OpenTransaction begun = begin(id(request, 1), options);
    open = begun;
    openBound = request.readOnly() ? request.bound() : null;
    failed = false;
    schema = SchemaVersion.INITIAL;
    tables.clear();
    return begun;
  }

  private OpenTransaction begin(TxnId id, TransactionOptions options) {
    Instant now = services.gateway().nowLatest().toInstant().truncatedTo(ChronoUnit.MICROS);
    return new OpenTransaction(services.gateway().begin(id, options), now);
  }

  /** How fresh the reads of the open transaction are; null if it may write, and so locks. */
  @Nullable TimestampBound openBound() {
    return openBound;
  }

  /** Runs work in the client's transaction; an error leaves that failed. */
  Complete.Builder runInOpen(Work work) {
    OpenTransaction transaction = open;
    if (transaction == null || failed) {
      throw new MeridianException(
          ErrorCode.TRANSACTION_FAILED,
          "current transaction is aborted, commands ignored until end of transaction block");
    }
    try {
      for (int round = 1; ; round++) {
        try {
          work.prepare();
          Complete.Builder done = work.run(transaction, true);
          schema = work.schema();
          work.tables().forEach(table -> tables.put(table.id(), table));
          return done;
        } catch (SchemaChangedException e) {
          reloadFor(e, work, round);
        }
      }
    } catch (ConditionFailedException e) {
      fail();
      throw translate(e);
    } catch (RuntimeException e) {
      fail();
      throw e;
    }
  }

  private void reloadFor(SchemaChangedException e, Work work, int round) {
    if (work.answered() || round >= ATTEMPTS_MAX) {
      services.catalogs().outdatedBy(e.current()); // or the next run would end the same way
      throw new MeridianException(
          ErrorCode.SERIALIZATION_FAILURE, "the schema was changed while the statement ran", e);
    }
    services.catalogs().atLeast(e.current());
  }

  private MeridianException translate(ConditionFailedException e) {
    return ConstraintErrors.translate(e, services.catalogs().current().tables());
  }

  /** The transaction cannot go on: what it holds is let go at once. */
  void fail() {
    OpenTransaction transaction = open;
    if (transaction != null) {
      failed = true;
      open = null;
      transaction.transaction().rollback();
    }
  }

  /**
   * Commits the client's transaction.
   *
   * @return its timestamp, null if it had failed and was rolled back
   */
  @Nullable Timestamp commit() {
    OpenTransaction transaction = open;
    open = null;
    boolean hadFailed = failed;
    failed = false;
    if (transaction == null) {
      return hadFailed ? null : Timestamp.ZERO;
    }
    try {
      return commit(transaction.transaction());
    } catch (ConditionFailedException e) {
      throw translate(e);
    } catch (RuntimeException e) {
      transaction.transaction().rollback();
      throw e;
    }
  }

  private Timestamp commit(Transaction transaction) {
    for (int round = 1; ; round++) {
      try {
        return transaction.commit(schema);
      } catch (SchemaChangedException e) {
        Catalog newer = services.catalogs().atLeast(e.current());
        for (TableDescriptor table : tables.values()) {
          if (!table.sameRows(newer.table(table.name())) || round >= ATTEMPTS_MAX) {
            throw new MeridianException(
                ErrorCode.SERIALIZATION_FAILURE,
                "table \"" + table.name() + "\" was changed while the transaction ran",
                e);
          }
        }
        schema = newer.version();
      }
    }
  }

  /** Gives the client's transaction up; no error if there is none. */
  void rollback() {
    OpenTransaction transaction = open;
    open = null;
    failed = false;
    if (transaction != null) {
      transaction.transaction().rollback();
    }
  }

  /**
   * Runs work as a transaction of its own: again, with the age kept, if it loses a race before the
   * client has seen anything of it.
   */
  Complete.Builder runAlone(Work work, TransactionRequest request, RunningRequest running) {
    Timestamp age = null;
    Timestamp first = services.gateway().nowLatest();
    for (int attempt = 1; ; attempt++) {
      work.prepare();
      running.guard().check();
      TimestampBound asOf = work.readBound();
      boolean readOnly = work.readOnly() || request.readOnly();
      TransactionOptions options =
          new TransactionOptions(
              readOnly,
              readOnly ? (asOf == null ? request.bound() : asOf) : TimestampBound.strong(),
              age,
              request.ackedSequence(),
              running.timeout(),
              anchors(request));
      OpenTransaction transaction = begin(id(request, attempt), options);
      try {
        Complete.Builder done = work.run(transaction, false);
        Timestamp timestamp = transaction.transaction().commit(work.schema());
        work.committed();
        return readOnly
            ? done.setReadTimestampNanos(timestamp.nanos())
            : done.setCommitTimestampNanos(timestamp.nanos());
      } catch (SchemaChangedException e) {
        transaction.transaction().rollback();
        reloadFor(e, work, attempt);
      } catch (ConditionFailedException e) {
        transaction.transaction().rollback();
        throw translate(e);
      } catch (MeridianException e) {
        transaction.transaction().rollback();
        if (!mayRunAgain(e) || work.answered() || attempt >= ATTEMPTS_MAX) {
          throw e;
        }
        age = first;
        backOff(attempt);
      } catch (RuntimeException e) {
        transaction.transaction().rollback();
        throw e;
      }
    }
  }

  /** Only errors that prove the attempt aborted (protocol G11). */
  private static boolean mayRunAgain(MeridianException e) {
    return e.code() == ErrorCode.DEADLOCK_WOUNDED || e.code() == ErrorCode.SERIALIZATION_FAILURE;
  }

  private void backOff(int attempt) {
    int bound = Math.min(BACKOFF_MILLIS_MAX, BACKOFF_MILLIS << Math.min(attempt, 7));
    services.env().fibers().sleep(Duration.ofMillis(1 + random.nextInt(bound)));
  }
}
