package io.meridiandb.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.system.DataFolder;
import io.meridiandb.kernel.system.FileDisk;
import io.meridiandb.kernel.system.SystemClocks;
import io.meridiandb.server.config.ConfigException;
import io.meridiandb.server.config.GroupZero;
import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A universe is made as a whole, however often the making was cut off. */
class InitCommandTest {
  @TempDir Path folder;
  private Path file;
  private UniverseConfig universe;

  @BeforeEach
  void threeServers() {
    file = folder.resolve("universe.yaml");
    List<ServerConfig> servers = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Path data = folder.resolve("parent" + i).resolve("data");
      servers.add(
          new ServerConfig("s" + i, new ServerId(i), "eu", "eu/" + i, "127.0.0.1", i, 0, data));
    }
    universe =
        new UniverseConfig("shared-host", Duration.ofSeconds(3), Duration.ofMinutes(5), servers);
  }

  @Test
  void allServersGetTheSame() throws IOException {
    check(InitCommand.initialize(file, universe));
    assertThatThrownBy(() -> InitCommand.initialize(file, universe))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has been made already");
  }

  /** Cut off at each server in turn; what was done before is taken up again. */
  @Test
  void whatWasCutOffIsGoneOnWith() throws IOException {
    for (int i = 3; i >= 1; i--) {
      Path parent = folder.resolve("parent" + i);
      Files.writeString(parent, "in the way of its folder");
    }
    for (int i = 1; i <= 3; i++) {
      assertThatThrownBy(() -> InitCommand.initialize(file, universe))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("parent");
      assertThat(UniverseIdentity.file(file)).as("no server can start").doesNotExist();
      Files.delete(folder.resolve("parent" + i));
    }
    check(InitCommand.initialize(file, universe));
  }

  /** Killed between the identity of a server and its group 0, or while that was written. */
  @Test
  void aFolderWithoutGroupZeroIsCompleted() throws IOException {
    UniverseIdentity begun = UniverseIdentity.begin(file, new SystemClocks());
    Path first = universe.servers().getFirst().data();
    DataFolder.initialize(first, begun.universe(), new ServerId(1));
    Files.writeString(first.resolve("GROUP-0.new"), "half");
    UniverseIdentity made = InitCommand.initialize(file, universe);
    assertThat(made.universe()).isEqualTo(begun.universe());
    check(made);
  }

  @Test
  void theFolderOfAnotherUniverseIsRefused() throws IOException {
    Path first = universe.servers().getFirst().data();
    DataFolder.initialize(first, new UniverseId(1, 2), new ServerId(1));
    assertThatThrownBy(() -> InitCommand.initialize(file, universe))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("belongs to a universe already");
    assertThat(DataFolder.isInitialized(universe.servers().getLast().data()))
        .as("nothing was written elsewhere")
        .isFalse();
  }

  private void check(UniverseIdentity identity) throws IOException {
    assertThat(UniverseIdentity.file(file)).exists();
    for (ServerConfig server : universe.servers()) {
      assertThat(DataFolder.owner(server.data()).universe()).isEqualTo(identity.universe());
      assertThat(DataFolder.owner(server.data()).server()).isEqualTo(server.id());
      assertThat(GroupZero.read(new FileDisk(server.data())))
          .isEqualTo(GroupZero.choose(universe.servers()));
    }
    try (var left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.contains("unfinished"));
    }
  }
}
