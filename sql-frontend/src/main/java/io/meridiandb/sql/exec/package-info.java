/**
 * Runs physical plans: operators that pull batches of rows, and those that write.
 *
 * <p>Begin at {@link io.meridiandb.sql.exec.Execution}. A batch has a few hundred rows; between
 * batches a query looks whether it was cancelled or is too late ({@link
 * io.meridiandb.sql.exec.ExecutionGuard}). Whatever is kept (sorts, hash tables, rows to be
 * written) is counted in a {@link io.meridiandb.sql.exec.MemoryAccount}; past its limit the query
 * ends with OUT_OF_MEMORY (53200): nothing spills to disk yet. Tests run plans over a transaction
 * in memory ({@code FakeTransaction}).
 */
@NullMarked
package io.meridiandb.sql.exec;

import org.jspecify.annotations.NullMarked;
