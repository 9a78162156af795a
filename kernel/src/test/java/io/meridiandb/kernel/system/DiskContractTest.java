package io.meridiandb.kernel.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Guards the contract of Disk, the same for every implementation. */
class DiskContractTest {
  @TempDir static Path folder;
  private static int made;

  static Stream<Disk> disks() throws IOException {
    return Stream.of(
        new MemoryDisk(),
        new FileDisk(fresh()),
        new LossyDisk(new FileDisk(fresh()), LossyDisk.Forces.HONEST),
        new LossyDisk(new FileDisk(fresh()), LossyDisk.Forces.IGNORED));
  }

  private static Path fresh() throws IOException {
    return Files.createDirectory(folder.resolve("disk-" + ++made));
  }

  @ParameterizedTest
  @MethodSource("disks")
  void whatWasWrittenIsReadWhateverTheOrderAndTheForces(Disk disk) throws Exception {
    SeededRandom random = new SeededRandom(1);
    byte[] model = new byte[0];
    try (DiskFile file = disk.open("file")) {
      for (int i = 0; i < 300; i++) {
        switch (random.nextInt(8)) {
          case 0 -> file.force().join();
          case 1 -> {
            model = Arrays.copyOf(model, random.nextInt(100_000));
            file.setSize(model.length);
          }
          case 2 -> {
            int size = random.nextInt(100_000);
            model = Arrays.copyOf(model, Math.max(model.length, size));
            file.preallocate(size);
          }
          default -> {
            int offset = random.nextInt(90_000);
            byte[] bytes = new byte[random.nextInt(40_000)];
            Arrays.fill(bytes, (byte) (i + 1));
            file.write(offset, ByteBuffer.wrap(bytes));
            if (bytes.length > 0) {
              model = Arrays.copyOf(model, Math.max(model.length, offset + bytes.length));
              System.arraycopy(bytes, 0, model, offset, bytes.length);
            }
          }
        }
        assertThat(file.size()).isEqualTo(model.length);
        assertThat(all(file)).as("step %d", i).isEqualTo(model);
      }
      assertThat(file.read(model.length, ByteBuffer.allocate(1))).isEqualTo(-1);
    }
    try (DiskFile file = disk.open("file")) {
      file.force().join();
    }
    try (MappedFile mapped = disk.map("file")) {
      assertThat(mapped.segment().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(model);
      assertThat(mapped.segment().isReadOnly()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("disks")
  void namesAreMadeMovedLinkedAndDeleted(Disk disk) throws Exception {
    disk.createFolders("a/b");
    assertThat(disk.exists("a/b")).isTrue();
    disk.open("a/b/two").close();
    try (DiskFile file = disk.open("a/b/one")) {
      file.write(0, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      disk.rename("a/b/one", "a/b/two");
      file.write(3, ByteBuffer.wrap(new byte[] {4}));
    }
    disk.link("a/b/two", "a/three");
    disk.rename("a/b/two", "a/b/two");
    assertThatThrownBy(() -> disk.link("a/b/two", "a/three"))
        .isInstanceOf(FileAlreadyExistsException.class);
    disk.forceFolder("a/b");
    disk.forceFolder("");
    assertThat(disk.list("a/b")).containsExactly("two");
    assertThat(disk.list("a")).containsExactly("b", "three");
    assertThat(disk.list("none")).isEmpty();
    disk.delete("a/b/two");
    disk.delete("a/b/two");
    assertThat(disk.exists("a/b/two")).isFalse();
    try (DiskFile file = disk.open("a/three")) {
      assertThat(all(file)).containsExactly(1, 2, 3, 4);
    }
    assertThatThrownBy(() -> disk.rename("a/none", "a/x")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.open("x/y")).isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @MethodSource("disks")
  void aReadOfAClosedMappingThrows(Disk disk) throws Exception {
    try (DiskFile file = disk.open("file")) {
      file.write(0, ByteBuffer.wrap(new byte[100]));
      file.force().join();
    }
    MappedFile mapped = disk.map("file");
    mapped.close();
    mapped.close();
    assertThatThrownBy(() -> mapped.segment().get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private static byte[] all(DiskFile file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
    while (bytes.hasRemaining() && file.read(bytes.position(), bytes) > 0) {
      // until it is full
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
