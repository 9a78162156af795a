package io.meridiandb.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards protocol D: many frames in one message, and none lost or changed by it. */
class FramePackTest {
  @Test
  void framesComeOutAsTheyWentIn() {
    List<byte[]> frames = List.of(new byte[] {1, 2}, new byte[0], new byte[] {-1});
    int bytes = frames.stream().mapToInt(FramePack::size).sum();
    List<byte[]> got = new ArrayList<>();
    FramePack.unpack(FramePack.pack(frames, bytes), got::add);
    assertThat(got).containsExactlyElementsOf(frames);
  }

  @Test
  void aBrokenPackIsRefused() {
    assertThatThrownBy(() -> FramePack.unpack(new byte[] {0, 0}, frame -> {}))
        .hasMessageContaining("inside a length");
    assertThatThrownBy(() -> FramePack.unpack(new byte[] {0, 0, 0, 9, 1}, frame -> {}))
        .hasMessageContaining("1 bytes left for a frame of 9");
    assertThatThrownBy(() -> FramePack.unpack(new byte[] {-1, 0, 0, 0}, frame -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
