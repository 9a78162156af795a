package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.system.LossyDisk.Forces;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Guards that the lossy disk really loses: what the process was not told to force stays in it. A
 * kill is played by looking at the folder with a disk of its own.
 */
class LossyDiskTest {
  @TempDir Path folder;

  @Test
  void bytesReachTheDiskWhenTheyAreForced() throws Exception {
    Disk disk = honest();
    try (DiskFile file = disk.open("log")) {
      disk.forceFolder("");
      file.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      assertThat(below("log")).isEmpty();
      file.force().join();
      assertThat(below("log")).containsExactly(1, 2);
      file.write(2, ByteBuffer.wrap(new byte[] {3}));
    }
    disk.rename("log", "renamed");
    try (DiskFile again = disk.open("renamed")) {
      assertThat(again.size()).isEqualTo(3);
      assertThat(below("log")).containsExactly(1, 2);
      again.force().join();
      assertThat(below("log")).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aCutIsLostAsWell() throws Exception {
    Files.write(folder.resolve("log"), new byte[] {1, 2, 3});
    Disk disk = honest();
    try (DiskFile file = disk.open("log")) {
      file.setSize(1);
      file.setSize(2);
      ByteBuffer seen = ByteBuffer.allocate(3);
      assertThat(file.read(0, seen)).isEqualTo(2);
      assertThat(seen.array()).containsExactly(1, 0, 0);
      assertThat(below("log")).containsExactly(1, 2, 3);
      file.force().join();
      assertThat(below("log")).containsExactly(1, 0);
    }
  }

  @Test
  void namesReachTheDiskWhenTheirFolderIsForced() throws Exception {
    Files.write(folder.resolve("old"), new byte[] {1});
    Files.write(folder.resolve("gone"), new byte[] {2});
    Disk disk = honest();
    disk.createFolders("sub");
    disk.rename("old", "new");
    disk.link("new", "sub/linked");
    disk.delete("gone");
    try (DiskFile file = disk.open("made")) {
      file.write(0, ByteBuffer.wrap(new byte[] {3}));
      file.force().join();
    }
    assertThat(disk.list("")).containsExactly("made", "new", "sub");
    assertThat(disk.exists("old")).isFalse();
    assertThat(killed().list("")).containsExactly(".lossy", "gone", "old", "sub");
    disk.forceFolder("");
    assertThat(killed().list("")).containsExactly(".lossy", "made", "new", "sub");
    assertThat(killed().list("sub")).isEmpty();
    assertThat(below("made")).containsExactly(3);
    disk.forceFolder("sub");
    assertThat(below("sub/linked")).containsExactly(1);
    honest();
    assertThat(killed().list(".lossy")).isEmpty();
  }

  @Test
  void theOrderOfNamesIsKept() throws Exception {
    Files.write(folder.resolve("a"), new byte[] {1});
    Files.write(folder.resolve("b"), new byte[] {2});
    Disk disk = honest();
    disk.rename("a", "c");
    disk.rename("b", "a");
    disk.rename("c", "b");
    disk.forceFolder("");
    assertThat(below("a")).containsExactly(2);
    assertThat(below("b")).containsExactly(1);
    assertThat(disk.list("")).containsExactly("a", "b");
  }

  @Test
  void aMoveToAnotherFolderIsForcedWithEither() throws Exception {
    Files.write(folder.resolve("a"), new byte[] {1});
    Disk disk = honest();
    disk.createFolders("sub");
    disk.rename("a", "sub/a");
    disk.forceFolder("sub");
    assertThat(below("sub/a")).containsExactly(1);
    assertThat(folder.resolve("a")).doesNotExist();
  }

  @Test
  void onlyForcedFilesAreMapped() throws Exception {
    Disk disk = honest();
    try (DiskFile file = disk.open("tablet")) {
      file.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
      assertThatThrownBy(() -> disk.map("tablet"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("tablet has bytes that were not forced");
      file.force().join();
    }
    try (MappedFile mapped = disk.map("tablet")) {
      assertThat(mapped.segment().toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2);
    }
  }

  @Test
  void withForcesIgnoredNothingEverReachesTheDisk() throws Exception {
    Disk disk = new LossyDisk(new FileDisk(folder), Forces.IGNORED);
    Files.write(folder.resolve("old"), new byte[] {7});
    try (DiskFile file = disk.open("log");
        DiskFile old = disk.open("old")) {
      file.preallocate(10);
      for (DiskFile each : new DiskFile[] {file, old}) {
        each.write(0, ByteBuffer.wrap(new byte[] {1, 2}));
        each.force().join();
      }
    }
    disk.forceFolder("");
    assertThat(disk.list("")).containsExactly("log", "old");
    assertThat(killed().list("")).containsExactly(".lossy", "old");
    assertThat(below("old")).containsExactly(7);
  }

  private Disk honest() {
    return new LossyDisk(new FileDisk(folder), Forces.HONEST);
  }

  private Disk killed() {
    return new FileDisk(folder);
  }

  private byte[] below(String path) throws IOException {
    return Files.readAllBytes(folder.resolve(path));
  }
}
