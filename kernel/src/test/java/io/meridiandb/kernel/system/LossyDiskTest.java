package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.system.LossyDisk.Forces;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards that the lossy disk really loses: what the process was not told to force stays in it. */
class LossyDiskTest {
  @TempDir Path folder;

  @Test
  void bytesReachTheDiskWhenTheyAreForced() throws Exception {
    LossyDisk disk = new LossyDisk(new FileDisk(folder), Forces.HONEST);
    try (DiskFile file = disk.open("log")) {
      file.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      assertThat(Files.readAllBytes(folder.resolve("log"))).isEmpty();
      file.force().join();
      assertThat(Files.readAllBytes(folder.resolve("log"))).containsExactly(1, 2);
      file.write(2, ByteBuffer.wrap(new byte[] {3}));
    }
    try (DiskFile again = disk.open("log")) {
      assertThat(again.size()).isEqualTo(3);
    }
    assertThat(Files.readAllBytes(folder.resolve("log"))).containsExactly(1, 2);
  }

  @Test
  void withForcesIgnoredNothingEverReachesTheDisk() throws Exception {
    LossyDisk disk = new LossyDisk(new FileDisk(folder), Forces.IGNORED);
    try (DiskFile file = disk.open("log")) {
      file.preallocate(10);
      file.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      file.force().join();
    }
    assertThat(Files.readAllBytes(folder.resolve("log"))).hasSize(10).containsOnly(0);
  }
}
