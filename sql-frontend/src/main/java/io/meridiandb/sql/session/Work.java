package io.meridiandb.sql.session;

import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.row.schema.TableDescriptor;
import io.meridiandb.wire.TimestampBound;
import io.meridiandb.wire.proto.Complete;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request does within a transaction. It may be run several times: after a lost race with
 * another transaction, and after a change of the schema; each time {@link #prepare} comes first.
 */
interface Work {
  /** Plans with the newest catalog. */
  void prepare();

  /** Whether a read-only transaction will do. */
  boolean readOnly();

  /** How fresh what a read-only transaction reads must be; null is as the client asked. */
  @Nullable TimestampBound readBound();

  /** The schema that it was prepared with. */
  SchemaVersion schema();

  /** The tables that it reads or writes. */
  List<TableDescriptor> tables();

  /** Does it. */
  Complete.Builder run(OpenTransaction transaction, boolean checkNow);

  /** Whether the client has got rows, so that it cannot be run again. */
  boolean answered();

  /** The transaction that was begun for it has committed. */
  default void committed() {}
}
