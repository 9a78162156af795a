package io.meridiandb.jdbc;

import io.meridiandb.jdbc.protocol.Answer;
import io.meridiandb.jdbc.protocol.RequestFailedException;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.WireLimits;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.ExecuteBatch;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The requests that a batch becomes: one, as a batch of its own transaction takes effect as a
 * whole, or several if it is large and part of a transaction anyway.
 */
final class Batches {
  /** Size from which a batch inside a transaction goes on in another request, in bytes. */
  static final int REQUEST_BYTES = 4 << 20;

  /** Room that a frame needs besides its batch, in bytes. */
  private static final int FRAME_HEAD_BYTES = 4 << 10;

  private record Request(ExecuteBatch.Builder batch, int size) {}

  private final StatementImpl statement;
  private final List<Request> requests = new ArrayList<>();

  Batches(StatementImpl statement) {
    this.statement = statement;
  }

  /** Adds a request of {@code size} rows or statements. */
  Batches add(ExecuteBatch.Builder batch, int size) {
    requests.add(new Request(batch, size));
    return this;
  }

  /** Executes all; the update counts are those of JDBC. */
  long[] run() throws SQLException {
    int size = requests.stream().mapToInt(Request::size).sum();
    long[] counts = new long[size];
    int done = 0;
    for (Request request : requests) {
      checkSize(request);
      try {
        Complete complete = statement.link().executeBatch(request.batch());
        for (int i = 0; i < request.size(); i++) {
          counts[done + i] = count(complete, i);
        }
        done += request.size();
      } catch (RequestFailedException e) {
        throw failed(e, request.size(), size, done);
      }
    }
    return counts;
  }

  private static void checkSize(Request request) throws SQLException {
    int bytes = request.batch().build().getSerializedSize();
    if (bytes > WireLimits.FRAME_BYTES_MAX - FRAME_HEAD_BYTES) {
      throw SqlErrors.of(
          new MeridianException(
                  ErrorCode.PROGRAM_LIMIT_EXCEEDED,
                  "a batch of %d bytes is too large; the limit is 32 MiB".formatted(bytes))
              .withHint("Execute smaller batches, or turn autocommit off for the whole load."));
    }
  }

  private static long count(Complete complete, int index) {
    boolean known =
        complete.getUpdateCount() != Answer.COUNT_LOST && index < complete.getBatchCountsCount();
    return known ? complete.getBatchCounts(index) : Statement.SUCCESS_NO_INFO;
  }

  private BatchUpdateException failed(
      RequestFailedException failure, int requestSize, int size, int done) {
    SQLException cause = statement.timeoutOr(SqlErrors.of(failure));
    String message = String.valueOf(cause.getMessage());
    if (failure.batchIndex() >= 0 && failure.batchIndex() < requestSize) {
      message = "row %d of the batch: %s".formatted(done + failure.batchIndex() + 1, message);
    }
    long[] counts = new long[size];
    Arrays.fill(counts, Statement.EXECUTE_FAILED); // the transaction takes effect as a whole
    BatchUpdateException error =
        new BatchUpdateException(message, cause.getSQLState(), 0, counts, cause);
    error.setNextException(cause);
    return error;
  }
}
