package io.meridiandb.jdbc;

import io.meridiandb.jdbc.link.Connector;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Complete;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Failure;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.proto.TransactionState;
import io.meridiandb.wire.spi.FrameChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A server without an engine: statements have prepared answers, transactions are only counted. It
 * can refuse connections, cut a link before or after a request took effect, and answer late.
 */
final class FakeServer implements Connector {
  /** How a transaction ended, by its sequence number; shared by all servers of a fake universe. */
  final Map<Long, Long> committed = new ConcurrentHashMap<>();

  final List<ClientFrame> received = new CopyOnWriteArrayList<>();
  final Map<String, Function<Execute, Script>> scripts = new ConcurrentHashMap<>();

  /** The link breaks when such a request arrives, before it has any effect. */
  volatile Predicate<ClientFrame> cutBefore = frame -> false;

  /** The link breaks when such a request has taken effect, instead of the answer. */
  volatile Predicate<ClientFrame> cutAfter = frame -> false;

  /** Requests that get no answer at all. */
  volatile Predicate<ClientFrame> ignore = frame -> false;

  volatile boolean down;
  volatile int connections;

  /** Whether Resolve is answered with a decided outcome. */
  volatile boolean decided = true;

  private final String name;

  FakeServer(String name) {
    this.name = name;
  }

  /** What a statement gives: frames of rows behind a description, then an end. */
  record Script(List<ServerFrame.Builder> frames, ServerFrame.Builder end) {
    static Script update(String tag, long count) {
      return new Script(
          List.of(),
          ServerFrame.newBuilder()
              .setComplete(Complete.newBuilder().setTag(tag).setUpdateCount(count)));
    }

    static Script failure(Failure.Builder failure) {
      return new Script(List.of(), ServerFrame.newBuilder().setFailure(failure));
    }
  }

  /** The answer to a statement, by its exact text. */
  FakeServer on(String sql, Script script) {
    scripts.put(sql, execute -> script);
    return this;
  }

  FakeServer on(String sql, Function<Execute, Script> script) {
    scripts.put(sql, script);
    return this;
  }

  /** Frames that are requests of the given kind. */
  static Predicate<ClientFrame> kind(ClientFrame.BodyCase body) {
    return frame -> frame.getBodyCase() == body;
  }

  /** Executions of the given statement. */
  static Predicate<ClientFrame> statement(String sql) {
    return frame -> frame.hasExecute() && frame.getExecute().getSql().equals(sql);
  }

  List<ClientFrame> received(ClientFrame.BodyCase body) {
    return received.stream().filter(kind(body)).toList();
  }

  @Override
  public FrameChannel connect(FrameChannel.Listener listener) {
    if (down) {
      listener.closed("connection refused");
      return new FrameChannel() {
        @Override
        public void send(byte[] frame) {}

        @Override
        public void close() {}
      };
    }
    connections++;
    return new FakeSession(this, listener).channel();
  }

  @Override
  public String toString() {
    return name;
  }

  /** Whether a state needs a COMMIT or ROLLBACK. */
  static boolean isOpen(TransactionState state) {
    return state != TransactionState.IDLE;
  }
}
