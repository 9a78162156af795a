package io.meridiandb.simulator;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.simulator.universe.Shape;
import io.meridiandb.simulator.universe.SimulatedNode;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Rows;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A database with one bug: now and then a query gets the answer that it got before. */
final class StaleAssembly implements SimulatedNode.Assembly {
  private static final int ONE_OF = 4;
  private static final int ONE_OF_ALL = 9;

  private final SimulatedNode.Assembly honest;
  private final Map<String, Rows> before = new TreeMap<>();
  private int differing;
  private int answers;

  StaleAssembly(SimulatedNode.Assembly honest) {
    this.honest = honest;
  }

  @Override
  public SimulatedNode assemble(Env env, ServerIdentity self, Shape shape, Duration clockBound)
      throws IOException {
    SimulatedNode node = honest.assemble(env, self, shape, clockBound);
    return new SimulatedNode() {
      @Override
      public void start() {
        node.start();
      }

      @Override
      public CompletableFuture<?> started() {
        return node.started();
      }

      @Override
      public CompletableFuture<String> died() {
        return node.died();
      }

      @Override
      public FrameChannel.Listener connect(FrameChannel toClient) {
        Lying lying = new Lying(toClient);
        FrameChannel.Listener listener = node.connect(lying);
        return lying.listening(listener);
      }
    };
  }

  private final class Lying implements FrameChannel {
    private final FrameChannel toClient;
    private final Map<Long, String> asked = new TreeMap<>();

    Lying(FrameChannel toClient) {
      this.toClient = toClient;
    }

    FrameChannel.Listener listening(FrameChannel.Listener server) {
      return new FrameChannel.Listener() {
        @Override
        public void frame(byte[] frame) {
          try {
            ClientFrame parsed = ClientFrame.parseFrom(frame);
            asked.put(
                parsed.getRequest(),
                parsed.getExecute().getSql() + parsed.getExecute().getParametersList());
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
          }
          server.frame(frame);
        }

        @Override
        public void closed(String reason) {
          server.closed(reason);
        }
      };
    }

    @Override
    public void send(byte[] frame) {
      try {
        ServerFrame parsed = ServerFrame.parseFrom(frame);
        if (!parsed.hasRows()) {
          toClient.send(frame);
        } else if (!hides(parsed)) {
          toClient.send(parsed.toBuilder().setRows(answer(parsed)).build().toByteArray());
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Now and then there seem to be no rows yet. */
    private boolean hides(ServerFrame frame) {
      boolean mayBeNone = asked.getOrDefault(frame.getRequest(), "").contains(" n FROM ");
      return mayBeNone && ++answers % ONE_OF_ALL == 0;
    }

    private Rows answer(ServerFrame frame) {
      Rows last = before.put(asked.getOrDefault(frame.getRequest(), ""), frame.getRows());
      boolean differs = last != null && !last.equals(frame.getRows());
      return differs && ++differing % ONE_OF == 0 ? last : frame.getRows();
    }

    @Override
    public void close() {
      toClient.close();
    }
  }
}
