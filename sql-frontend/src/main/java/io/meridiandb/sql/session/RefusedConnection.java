package io.meridiandb.sql.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.wire.Failures;
import io.meridiandb.wire.MeridianException;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;

/**
 * A connection beyond the limit: its first request is answered with the reason, then it is closed.
 */
final class RefusedConnection implements FrameChannel.Listener {
  private final FrameChannel toClient;
  private final MeridianException reason;

  RefusedConnection(FrameChannel toClient, MeridianException reason) {
    this.toClient = toClient;
    this.reason = reason;
  }

  @Override
  public void frame(byte[] frame) {
    long request;
    try {
      request = ClientFrame.parseFrom(frame).getRequest();
    } catch (InvalidProtocolBufferException e) {
      request = 1; // the client is told all the same
    }
    toClient.send(
        ServerFrame.newBuilder()
            .setRequest(request)
            .setFailure(Failures.toFrame(reason))
            .build()
            .toByteArray());
    toClient.close();
  }

  @Override
  public void closed(String why) {
    // Nothing was opened.
  }
}
