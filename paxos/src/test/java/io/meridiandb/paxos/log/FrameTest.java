package io.meridiandb.paxos.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reliability T20, T21: a frame counts only whole, unchanged, in its file and at its place. */
class FrameTest {
  private static ByteBuffer frame(int offset) {
    List<LogRecord> records = List.of(LogFixture.entry(1, "payload"));
    ByteBuffer out = ByteBuffer.allocate(1000);
    Frame.open(out);
    RecordCodec.encode(records, out);
    Frame.seal(out, 0, 5, 4, new Frame.Position(3, offset, out.position()));
    return out.flip();
  }

  @Test
  void isReadBack() {
    Frame frame = Frame.read(frame(600), 3, 600);
    assertThat(frame).isNotNull();
    assertThat(frame.sequence()).isEqualTo(5);
    assertThat(frame.durable()).isEqualTo(4);
    assertThat(RecordCodec.decode(frame.body())).containsExactly(LogFixture.entry(1, "payload"));
  }

  @Test
  void ofAnEarlierLifeOfTheFileIsNone() {
    assertThat(Frame.read(frame(600), 4, 600)).isNull();
  }

  @Test
  void thatWentAstrayIsNone() {
    assertThat(Frame.read(frame(600), 3, 1112)).isNull();
  }

  @Test
  void withAnyBitTurnedOverIsNone() {
    ByteBuffer good = frame(600);
    for (int bit = 0; bit < good.limit() * 8; bit++) {
      ByteBuffer bad = ByteBuffer.wrap(good.array().clone(), 0, good.limit());
      bad.put(bit / 8, (byte) (bad.get(bit / 8) ^ (1 << (bit % 8))));
      assertThat(Frame.read(bad, 3, 600)).as("bit " + bit).isNull();
    }
  }

  @Test
  void cutShortIsNone() {
    ByteBuffer good = frame(600);
    for (int length = 0; length < good.limit(); length++) {
      assertThat(Frame.read(good.duplicate().limit(length), 3, 600)).isNull();
    }
  }
}
