package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.txn.TxnId;
import org.jspecify.annotations.Nullable;

/**
 * The client, as far as it must know where to ask how its transaction ended (protocol G14). A
 * transaction's anchor is one of its participants, and the client has acknowledged it before the
 * first request of the commit leaves: otherwise it would ask another group, which knows nothing,
 * says "aborted", and makes the client do again what was done.
 *
 * <p>Free in practice: an anchor that the client knows already needs no word. Used on the
 * transaction's fiber.
 */
public interface AnchorKeeper {
  /** Nobody asks later: transactions of the server itself. Any anchor will do. */
  AnchorKeeper NOBODY =
      new AnchorKeeper() {
        @Override
        public @Nullable GroupId known() {
          return null;
        }

        @Override
        public void tell(TxnId id, GroupId anchor) {
          // there is nobody to be told
        }
      };

  /** Where the client would ask now; null if it never asks. */
  @Nullable GroupId known();

  /**
   * Tells the client that this attempt's anchor is {@code anchor}; waits until it has acknowledged.
   *
   * @throws io.meridiandb.wire.MeridianException if it does not: then nothing may be sent, and the
   *     attempt is surely aborted
   */
  void tell(TxnId id, GroupId anchor);
}
