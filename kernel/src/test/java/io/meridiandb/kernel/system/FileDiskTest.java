package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards what only the host's file system does: full devices, other folders. */
class FileDiskTest {
  @TempDir Path folder;

  @Test
  void pathsStayInTheFolder() {
    FileDisk disk = new FileDisk(folder.resolve("data"));
    for (String path : List.of("../outside", "a/../../outside", "/etc/hostname")) {
      assertThatThrownBy(() -> disk.open(path))
          .hasMessageContaining("leads out of the data folder");
      assertThatThrownBy(() -> disk.delete(path)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> disk.rename("a", path)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aFullDeviceIsTellableOnlyWhilePreallocating() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "needs Linux");
    try (DiskFile full = new FileDisk(Path.of("/dev")).open("full")) {
      assertThatThrownBy(() -> full.preallocate(100))
          .isInstanceOf(DiskFullException.class)
          .hasMessageContaining("full: no room for 100 bytes");
      assertThatThrownBy(() -> full.write(0, ByteBuffer.wrap(new byte[1])))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(DiskFullException.class);
    }
  }

  @Test
  void preallocatedSpaceIsZeroesAndKeepsWhatIsThere() throws Exception {
    int bytes = (2 << 20) + 17;
    FileDisk disk = new FileDisk(folder);
    try (DiskFile file = disk.open("log")) {
      file.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      file.preallocate(bytes);
      file.preallocate(10);
      assertThat(file.size()).isEqualTo(bytes);
    }
    byte[] all = Files.readAllBytes(folder.resolve("log"));
    assertThat(all).hasSize(bytes).startsWith(1, 2, 0);
    assertThat(all[bytes - 1]).isZero();
  }
}
