package io.meridiandb.sql.session;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.AnchorKeeper;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.Anchor;
import io.meridiandb.wire.proto.AnchorKnown;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The client of a session, as far as it must know where to ask how a transaction ended (protocol
 * G14). It names the group with every request; if a commit needs another, it is told and must say
 * that it has taken note. Used by the session's fiber.
 */
final class ClientAnchors implements AnchorKeeper {
  /** So long a client may take to note an anchor. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Connection connection;
  private final Fibers fibers;
  private boolean understands;
  private GroupId known = GroupId.ZERO;

  ClientAnchors(Connection connection, Fibers fibers) {
    this.connection = connection;
    this.fibers = fibers;
  }

  /** Whether the client takes note of anchors at all. */
  void hello(boolean takesNote) {
    understands = takesNote;
  }

  /** A request says where the client would ask. */
  void named(long group) {
    known = new GroupId(group);
  }

  @Override
  public GroupId known() {
    return known;
  }

  /** Mentions what will be the anchor of the open transaction; the next request names it. */
  void mention(TxnId id, GroupId anchor) {
    if (understands && !anchor.equals(known)) {
      connection.sendAnchor(frame(id, anchor).build());
    }
  }

  @Override
  public void tell(TxnId id, GroupId anchor) {
    if (!understands) {
      throw new MeridianException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "this client cannot write to %s alone: it would not know where to ask how it ended"
                  .formatted(anchor))
          .withHint("Use a newer client.");
    }
    CompletableFuture<AnchorKnown> noted = connection.expectAnchorKnown();
    connection.sendAnchor(frame(id, anchor).setAcknowledge(true).build());
    try {
      AnchorKnown answer = fibers.await(noted, PATIENCE);
      if (answer.getSequence() != id.sequence() || answer.getGroup() != anchor.value()) {
        throw new MeridianException(
            ErrorCode.PROTOCOL_VIOLATION, "the client notes an anchor that it was not told");
      }
    } catch (AwaitTimeoutException e) {
      throw new MeridianException(
          ErrorCode.CONNECTION_FAILURE,
          "the client did not say that it has noted the anchor of its transaction",
          e);
    }
    known = anchor;
  }

  private static Anchor.Builder frame(TxnId id, GroupId anchor) {
    return Anchor.newBuilder()
        .setSequence(id.sequence())
        .setAttempt(id.attempt())
        .setGroup(anchor.value());
  }
}
