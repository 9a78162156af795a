package io.meridiandb.sql.catalog;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Gateway;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The newest catalog that this server knows. It may lag behind: leaders refuse what was planned
 * with an older version, and then the newer one is loaded (protocol G15). Callable from any fiber.
 */
public final class CatalogCache {
  private static final Duration LOAD_TIMEOUT = Duration.ofSeconds(10);

  private final Gateway gateway;
  private final long sessionHigh;
  private final long sessionLow;
  private final AtomicLong sequence = new AtomicLong();
  private final AtomicReference<@Nullable Catalog> newest = new AtomicReference<>();

  /**
   * An empty cache; the first use loads.
   *
   * @param random for the identity of the cache's own read transactions
   */
  public CatalogCache(Gateway gateway, RandomSource random) {
    this.gateway = gateway;
    this.sessionHigh = random.nextLong();
    this.sessionLow = random.nextLong();
  }

  /** The newest known catalog; waits for the first load. */
  public Catalog current() {
    Catalog known = newest.get();
    return known == null ? reload() : known;
  }

  /** Reads the catalog anew and keeps it if it is newer. */
  public Catalog reload() {
    TxnId id = new TxnId(sessionHigh, sessionLow, sequence.incrementAndGet(), 1);
    Transaction transaction = gateway.begin(id, TransactionOptions.strongRead(LOAD_TIMEOUT));
    try {
      return install(CatalogStore.load(transaction));
    } finally {
      transaction.rollback();
    }
  }

  /** The catalog, reloaded unless it is at least at {@code version}. */
  public Catalog atLeast(SchemaVersion version) {
    Catalog known = current();
    return known.version().compareTo(version) >= 0 ? known : reload();
  }

  /**
   * The schema is at {@code version} at least: an older catalog is forgotten, and read anew when it
   * is next asked for. Does not wait.
   */
  public void outdatedBy(SchemaVersion version) {
    newest.updateAndGet(
        known -> known != null && known.version().compareTo(version) < 0 ? null : known);
  }

  /** Keeps {@code catalog} if it is newer than the known one; returns the newest. */
  public Catalog install(Catalog catalog) {
    Catalog after =
        newest.updateAndGet(known ->
            known == null || known.version().compareTo(catalog.version()) < 0 ? catalog : known);
    return after == null ? catalog : after;
  }
}
