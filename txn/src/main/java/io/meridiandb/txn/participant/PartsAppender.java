package io.meridiandb.txn.participant;

import io.meridiandb.txn.proto.PartEntry;
import io.meridiandb.txn.proto.Txn;
import io.meridiandb.txn.proto.Write;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Appends the parts of a large commit or vote, right before it. */
final class PartsAppender {
  private PartsAppender() {}

  /**
   * Appends all pieces but the last, which goes with the commit or vote itself.
   *
   * @return whether all were appended; otherwise what they belong to must not be
   */
  static boolean append(Leadership leadership, Txn txn, List<List<Write>> pieces) {
    for (int i = 0; i < pieces.size() - 1; i++) {
      PartEntry.Builder part =
          PartEntry.newBuilder().setTxn(txn).setOrdinal(i).addAllWrites(pieces.get(i));
      boolean[] appended = new boolean[1];
      // Whether it is chosen is told by what stands behind it.
      CompletableFuture<Long> chosen =
          leadership
              .context
              .replication()
              .propose(at -> {
                appended[0] = true;
                return GroupEntries.encode(part.build());
              });
      if (!appended[0] || chosen.isCompletedExceptionally()) {
        return false;
      }
    }
    return true;
  }
}
