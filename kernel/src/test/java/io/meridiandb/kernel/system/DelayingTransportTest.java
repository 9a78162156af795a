package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.net.Transport;
import io.meridiandb.kernel.net.Transport.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Guards the played distances: as long as the preset says, in order, switched while running. */
class DelayingTransportTest {
  private static final List<String> REGIONS = List.of("eu", "us", "asia");
  private static final ServerId EU = new ServerId(1);
  private static final ServerId US = new ServerId(2);

  private record Arrival(byte first, long nanos) {}

  private static final Events QUIET =
      new Events() {
        @Override
        public void event(Level level, String source, String message) {
          assertThat(message).isNotEmpty();
        }

        @Override
        public void failure(String source, String message, Throwable cause) {
          throw new AssertionError(message, cause);
        }

        @Override
        public void count(String counter, long delta) {
          assertThat(counter).isEqualTo("net.dropped");
        }
      };

  private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
  private final Transport network =
      new Transport() {
        @Override
        public void send(ServerId to, Lane lane, byte[] frame) {
          arrived.add(new Arrival(frame[0], System.nanoTime()));
        }

        @Override
        public void listen(Receiver receiver) {
          receiver.receive(US, new byte[] {9});
        }
      };

  private final NetworkDelay delay =
      new NetworkDelay(
          LatencyMatrix.preset("none", REGIONS),
          server -> REGIONS.get((int) server.value() - 1),
          QUIET,
          (where, error) -> {
            throw new AssertionError(where, error);
          });

  private final Transport transport =
      new DelayingTransport(network, EU, delay, new SeededRandom(1));

  @AfterEach
  void close() {
    delay.close();
  }

  private Arrival next() throws InterruptedException {
    @Nullable Arrival arrival = arrived.poll(5, TimeUnit.SECONDS);
    assertThat(arrival).isNotNull();
    return arrival;
  }

  @Test
  void withoutDistanceAFrameIsSentWithinTheCall() {
    transport.send(US, Lane.DATA, new byte[] {1});
    assertThat(arrived).hasSize(1);
    delay.latencies(LatencyMatrix.preset("three-regions", REGIONS));
    transport.send(EU, Lane.DATA, new byte[] {2});
    assertThat(arrived).as("to oneself there is no distance").hasSize(2);
  }

  @Test
  void aFrameWaitsOneWayAndKeepsItsOrderWhileDistancesChange() throws InterruptedException {
    delay.latencies(LatencyMatrix.preset("three-regions", REGIONS));
    long start = System.nanoTime();
    for (byte i = 0; i < 100; i++) {
      transport.send(US, i % 2 == 0 ? Lane.DATA : Lane.CONTROL, new byte[] {i});
      if (i == 49) {
        delay.latencies(LatencyMatrix.preset("none", REGIONS));
      }
    }
    List<Byte> even = new ArrayList<>();
    List<Byte> odd = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Arrival arrival = next();
      (arrival.first() % 2 == 0 ? even : odd).add(arrival.first());
      assertThat(arrival.nanos() - start).isGreaterThanOrEqualTo(40_000_000);
    }
    assertThat(even).isSorted().hasSize(50);
    assertThat(odd).isSorted().hasSize(50);
    transport.send(US, Lane.DATA, new byte[] {7});
    assertThat(arrived).as("the switch to none holds").hasSize(1);
  }

  @Test
  void theBytesAreCopiedAndWhatArrivesIsNotDelayedAgain() throws InterruptedException {
    delay.latencies(LatencyMatrix.preset("lan", REGIONS));
    byte[] frame = {3};
    transport.send(US, Lane.CONTROL, frame);
    frame[0] = 4;
    assertThat(next().first()).isEqualTo((byte) 3);
    List<Byte> heard = new ArrayList<>();
    transport.listen((from, bytes) -> heard.add(bytes[0]));
    assertThat(heard).containsExactly((byte) 9);
  }
}
