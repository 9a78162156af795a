package io.meridiandb.sql.session;

import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.sql.catalog.RowCleanup;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One transaction that removes rows of a dropped table. */
final class CleanupStep implements Work {
  private final RowCleanup cleanup;
  private final SchemaVersion schema;
  private boolean more;

  CleanupStep(RowCleanup cleanup, SchemaVersion schema) {
    this.cleanup = cleanup;
    this.schema = schema;
  }

  /** Runs it; returns whether there may be more to remove. */
  boolean run(Transactions transactions, RunningRequest request) {
    transactions.runAlone(this, TransactionRequest.OWN, request);
    return more;
  }

  @Override
  public void prepare() {
    more = false;
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public @Nullable TimestampBound readBound() {
    return null;
  }

  @Override
  public SchemaVersion schema() {
    return schema;
  }

  @Override
  public List<TableDescriptor> tables() {
    return List.of();
  }

  @Override
  public Complete.Builder run(OpenTransaction transaction, boolean checkNow) {
    more = cleanup.step(transaction.transaction(), schema);
    return Complete.newBuilder();
  }

  @Override
  public boolean answered() {
    return false;
  }
}
