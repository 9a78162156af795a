package io.meridiandb.kernel.net;

import io.meridiandb.kernel.id.ServerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Rewrites messages between two servers, heads left as they are. */
public final class Frames {
  private Frames() {}

  /** Makes another body of a message's body. */
  public interface Rewriter {
    /** Leaves everything as it is. */
    Rewriter NONE = (type, group, body) -> body;

    /** The body that is seen instead; the same array if it is to stay. */
    byte[] rewrite(int type, long group, byte[] body) throws IOException;
  }

  /** The same transport with messages rewritten. */
  public static Transport rewriting(Transport to, Rewriter incoming, Rewriter outgoing) {
    return new Transport() {
      @Override
      public void send(ServerId peer, Lane lane, byte[] frame) {
        to.send(peer, lane, rewritten(frame, outgoing));
      }

      @Override
      public void listen(Receiver receiver) {
        to.listen((from, frame) -> receiver.receive(from, rewritten(frame, incoming)));
      }
    };
  }

  private static byte[] rewritten(byte[] frame, Rewriter rewriter) {
    ByteBuffer in = ByteBuffer.wrap(frame);
    Envelope head = Envelope.decode(in);
    byte[] body = Arrays.copyOfRange(frame, in.position(), frame.length);
    try {
      byte[] other = rewriter.rewrite(head.type(), head.group().value(), body);
      return other == body ? frame : head.encode(other);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
