package io.meridiandb.paxos.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.simulated.SimulatedWorld;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reliability T17, T20: what proves that a missing frame was durable is found wherever it is. */
class SegmentReaderTest {
  private static final int MISSING = 600;

  @Test
  void aProofIsFoundBehindAnyNumberOfZeroesAndOtherBytes() throws IOException {
    try (SimulatedWorld world = new SimulatedWorld(1)) {
      for (int at = MISSING + 1; at < MISSING + 60; at++) {
        DiskFile file = world.server(LogFixture.SERVER).disk().open("segment-" + at);
        file.setSize(2000);
        file.write(at, frame(at));
        for (int torn = 0; torn < at - MISSING; torn += 7) {
          file.write(MISSING + torn, ByteBuffer.wrap(new byte[] {9}));
          Frame proof = new SegmentReader(file).proofBehind(3, MISSING, 4);
          assertThat(proof).as("at %d", at).isNotNull();
          assertThat(proof.position().offset()).isEqualTo(at);
          assertThat(new SegmentReader(file).proofBehind(3, MISSING, 5)).isNull();
        }
      }
    }
  }

  /** Of segment 3, written when frames up to 4 were durable. */
  private static ByteBuffer frame(int offset) {
    ByteBuffer out = ByteBuffer.allocate(1000);
    Frame.open(out);
    RecordCodec.encode(List.of(LogFixture.entry(1, "payload")), out);
    Frame.seal(out, 0, 7, 5, new Frame.Position(3, offset, out.position()));
    return out.flip();
  }
}
