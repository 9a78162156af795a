package io.meridiandb.sql.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.strand.AwaitTimeoutException;
import io.meridiandb.kernel.strand.Fibers;
import io.meridiandb.wire.WireLimits;
import io.meridiandb.wire.proto.ClientFrame;
import io.meridiandb.wire.proto.Execute;
import io.meridiandb.wire.proto.Hello;
import io.meridiandb.wire.proto.ServerFrame;
import io.meridiandb.wire.spi.FrameChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A first client of a server's own: it greets and asks which tables there are. What a session needs
 * is loaded by that, the catalog too; else the first clients of a server that has just started wait
 * for it, those that come because their server has ended among them.
 */
final class Rehearsal implements FrameChannel {
  /** A server that finds no leader gives up; clients find it as it is. */
  private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

  private static final String QUESTION = "SELECT count(*) FROM information_schema.tables";

  private final Fibers fibers;
  private CompletableFuture<Boolean> answered = new CompletableFuture<>();

  Rehearsal(Fibers fibers) {
    this.fibers = fibers;
  }

  /** Blocks its fiber until the answers are there. */
  void play(SqlService service) {
    FrameChannel.Listener toServer = service.connect(this);
    try {
      ask(
          toServer,
          ClientFrame.newBuilder()
              .setRequest(1)
              .setHello(Hello.newBuilder().setProtocol(WireLimits.PROTOCOL).setDatabase("main")));
      ask(
          toServer,
          ClientFrame.newBuilder()
              .setRequest(2)
              .setExecute(
                  Execute.newBuilder()
                      .setSql(QUESTION)
                      .setInitialCredit(Integer.MAX_VALUE)
                      .setTimeoutMillis((int) ANSWER_MAX.toMillis())));
    } catch (AwaitTimeoutException e) {
      service.rehearsalCutShort();
    } finally {
      toServer.closed("");
    }
  }

  private void ask(FrameChannel.Listener toServer, ClientFrame.Builder frame) {
    CompletableFuture<Boolean> waiting = new CompletableFuture<>();
    answered = waiting;
    toServer.frame(frame.build().toByteArray());
    fibers.await(waiting, ANSWER_MAX);
  }

  @Override
  public void send(byte[] frame) {
    try {
      ServerFrame answer = ServerFrame.parseFrom(frame);
      if (answer.hasWelcome() || answer.hasComplete() || answer.hasFailure()) {
        answered.complete(true);
      }
    } catch (InvalidProtocolBufferException e) {
      answered.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    answered.complete(false);
  }
}
