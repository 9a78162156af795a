package io.meridiandb.kernel.system;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guards one server a folder, one folder a server, and protocol G2: each start is a new one. */
class DataFolderTest {
  private static final UniverseId UNIVERSE = new UniverseId(1, 2);
  private static final ServerId ONE = new ServerId(1);

  @TempDir Path parent;
  private Path folder;

  @BeforeEach
  void initialize() throws IOException {
    folder = parent.resolve("data/server-1");
    DataFolder.initialize(folder, UNIVERSE, ONE);
  }

  @Test
  void eachStartRaisesTheIncarnation() throws Exception {
    for (long start = 1; start <= 3; start++) {
      try (DataFolder opened = DataFolder.open(folder, UNIVERSE, ONE)) {
        assertThat(opened.identity().incarnation()).isEqualTo(start);
        assertThat(opened.identity().server()).isEqualTo(ONE);
        assertThat(opened.identity().universe()).isEqualTo(UNIVERSE);
        assertThat(Files.readString(folder.resolve("IDENTITY"))).contains("incarnation " + start);
      }
    }
  }

  @Test
  void aFolderInUseIsRefused() throws Exception {
    try (DataFolder opened = DataFolder.open(folder, UNIVERSE, ONE)) {
      refused(folder, "in use");
      assertThat(opened.path()).isEqualTo(folder);
    }
    DataFolder.open(folder, UNIVERSE, ONE).close();
  }

  @Test
  void anotherProcessCannotTakeALockedFolder() throws Exception {
    try (DataFolder opened = DataFolder.open(folder, UNIVERSE, ONE)) {
      assertThat(opened.identity().incarnation()).isEqualTo(1);
      assertThat(otherProcessOpens()).contains("in use by another process");
    }
  }

  /** What another process prints that is refused. */
  private String otherProcessOpens() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Opener.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(other.getInputStream().readAllBytes(), UTF_8);
    assertThat(other.waitFor()).as(output).isEqualTo(3);
    return output;
  }

  /** Opens a folder in a process of its own; ends with 3 if it is refused. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) throws IOException {
      try {
        DataFolder.open(Path.of(arguments[0]), UNIVERSE, ONE).close();
      } catch (DataFolderException e) {
        System.out.println(e.getMessage());
        System.exit(3);
      }
    }
  }

  @Test
  void aCopyIsRefusedAndARenamedFolderIsNot() throws Exception {
    Path copy = parent.resolve("copy");
    copy(folder, copy);
    refused(copy, "copy");
    Path renamed = parent.resolve("renamed");
    Files.move(folder, renamed);
    DataFolder.open(renamed, UNIVERSE, ONE).close();
  }

  @Test
  void aBackupRestoredIntoTheOldFolderIsRefused() throws Exception {
    Path backup = parent.resolve("backup");
    copy(folder, backup);
    DataFolder.open(folder, UNIVERSE, ONE).close();
    for (String name : List.of("LOCK", "IDENTITY")) {
      Files.delete(folder.resolve(name));
    }
    copy(backup, folder);
    refused(folder, "copy");
  }

  @Test
  void anotherUniverseAndAnotherServerAreRefused() {
    assertThatThrownBy(() -> DataFolder.open(folder, new UniverseId(9, 9), ONE))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("belongs to universe");
    assertThatThrownBy(() -> DataFolder.open(folder, UNIVERSE, new ServerId(2)))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("belongs to server-1");
    assertThatThrownBy(() -> DataFolder.initialize(folder, UNIVERSE, ONE))
        .hasMessageContaining("already the data folder of server-1 in universe " + UNIVERSE);
    refused(parent.resolve("data"), "init");
  }

  @Test
  void aRefusalLeavesTheLockOfTheRunningServerAlone() throws Exception {
    try (DataFolder opened = DataFolder.open(folder, UNIVERSE, ONE)) {
      refused(folder, "in use by this process");
      assertThat(otherProcessOpens()).contains("in use by another process");
      opened.close();
      opened.close();
      try (DataFolder next = DataFolder.open(folder, UNIVERSE, ONE)) {
        assertThat(next.identity().incarnation()).isEqualTo(2);
        opened.close();
        refused(folder, "in use by this process");
      }
    }
  }

  @Test
  void foreignFilesAreNotTouched() throws Exception {
    Path foreign = Files.createDirectories(parent.resolve("photos"));
    Files.createFile(foreign.resolve("cat.png"));
    assertThatThrownBy(() -> DataFolder.initialize(foreign, UNIVERSE, ONE))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("photos is not empty (it holds cat.png)");
    assertThat(foreign.toFile().list()).containsExactly("cat.png");
    assertThatThrownBy(() -> DataFolder.initialize(foreign.resolve("cat.png"), UNIVERSE, ONE))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("cat.png cannot be used as a data folder");
    Path mount = Files.createDirectories(parent.resolve("mount/lost+found")).getParent();
    Files.createFile(mount.resolve("LOCK"));
    Files.createFile(mount.resolve("IDENTITY.new"));
    DataFolder.initialize(mount, UNIVERSE, ONE);
  }

  @Test
  void aFolderThatCannotBeWrittenIsRefusedByName() {
    Path readOnly = Path.of("/proc/meridian");
    assumeTrue(Files.exists(readOnly.getParent()), "needs Linux");
    assertThatThrownBy(() -> DataFolder.initialize(readOnly, UNIVERSE, ONE))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining("/proc/meridian cannot be used as a data folder");
  }

  @Test
  void aFolderWithoutItsLockFileIsRefused() throws Exception {
    Files.delete(folder.resolve("LOCK"));
    refused(folder, "has lost its file LOCK");
  }

  @Test
  void damageAndNewerFormatsAreTold() throws Exception {
    Path identity = folder.resolve("IDENTITY");
    String text = Files.readString(identity);
    Files.writeString(identity, text.replace("incarnation 0", "incarnation 7"));
    refused(folder, "damaged");
    Files.writeString(identity, text.substring(0, 40));
    refused(folder, "damaged");
    Files.writeString(identity, text.replace("meridian-identity 1", "meridian-identity 2"));
    refused(folder, "newer program");
  }

  private static void refused(Path folder, String words) {
    assertThatThrownBy(() -> DataFolder.open(folder, UNIVERSE, ONE))
        .isInstanceOf(DataFolderException.class)
        .hasMessageContaining(words)
        .hasMessageContaining(folder.toString());
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
