package io.meridiandb.server.command;

import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.system.DataFolder;
import io.meridiandb.kernel.system.DataFolderException;
import io.meridiandb.kernel.system.FileDisk;
import io.meridiandb.kernel.system.SystemClocks;
import io.meridiandb.server.config.ConfigException;
import io.meridiandb.server.config.GroupZero;
import io.meridiandb.server.config.ServerConfig;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseConfigReader;
import io.meridiandb.server.config.UniverseIdentity;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./meridian init}: mints a universe and writes group 0's configuration to its servers. */
@Command(
    name = "init",
    description = "Make a new universe from a universe file: mint its id, write its first group.",
    mixinStandardHelpOptions = true)
public final class InitCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The universe file.")
  Path config = Path.of("universe.yaml");

  @Override
  public Integer call() throws IOException {
    UniverseConfig universe = UniverseConfigReader.read(config);
    UniverseIdentity identity = initialize(config, universe);
    if (spec != null) {
      spec.commandLine()
          .getOut()
          .println(
              "universe %s: %d servers, group 0 on %s"
                  .formatted(
                      identity.universe(),
                      universe.servers().size(),
                      GroupZero.choose(universe.servers()).members()));
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  /**
   * Makes the universe of {@code config} if none of its servers holds data yet. One that was cut
   * off in the middle is gone on with; a server can be started only when all of it is done.
   *
   * @throws ConfigException if a folder belongs to another universe or cannot be used
   */
  public static UniverseIdentity initialize(Path config, UniverseConfig universe)
      throws IOException {
    if (Files.exists(UniverseIdentity.file(config))) {
      throw new ConfigException(
          "the universe of %s has been made already (%s)"
              .formatted(config, UniverseIdentity.file(config)));
    }
    GroupZero group = GroupZero.choose(universe.servers());
    try {
      UniverseIdentity identity = UniverseIdentity.begin(config, new SystemClocks());
      List<ServerConfig> empty = new ArrayList<>();
      for (ServerConfig server : universe.servers()) {
        if (!DataFolder.isInitialized(server.data())) {
          empty.add(server);
        } else if (!isOfThisTry(server, identity)) {
          throw new ConfigException(
              "the data folder %s of server %s belongs to a universe already"
                  .formatted(server.data(), server.name()));
        }
      }
      for (ServerConfig server : empty) {
        DataFolder.initialize(server.data(), identity.universe(), server.id());
      }
      for (ServerConfig server : universe.servers()) {
        group.write(new FileDisk(server.data()));
      }
      identity.finish(config);
      return identity;
    } catch (DataFolderException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    } catch (FileSystemException e) {
      throw new ConfigException(
          "cannot write %s: %s; run init again once it can be written"
              .formatted(e.getFile(), e.getReason() == null ? e : e.getReason()));
    }
  }

  /** Whether an earlier try of this init made the folder, and no server has run in it. */
  private static boolean isOfThisTry(ServerConfig server, UniverseIdentity identity)
      throws IOException {
    ServerIdentity owner = DataFolder.owner(server.data());
    return owner.equals(new ServerIdentity(identity.universe(), server.id(), 0));
  }
}
