package io.meridiandb.server.demo;

import io.meridiandb.server.command.InitCommand;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseConfigReader;
import io.meridiandb.server.config.UniverseIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The universe file of the demo: three servers, three regions, one process. */
public final class DemoUniverse {
  /** Where the demo keeps its universe unless told otherwise. */
  public static final Path FOLDER = Path.of("data", "demo");

  /** The first server's port; clients look here by default. */
  public static final int PORT = 7411;

  private static final int HTTP_PORT_ABOVE = 100;

  private DemoUniverse() {}

  /** The universe file in {@code folder}. */
  public static Path file(Path folder) {
    return folder.resolve("universe.yaml");
  }

  /** Whether a demo has made its universe in {@code folder}. */
  public static boolean exists(Path folder) {
    return Files.exists(UniverseIdentity.file(file(folder)));
  }

  /**
   * Reads the universe file, writing it and making the universe if there is none.
   *
   * @param port the first server's port if the file is written
   */
  public static UniverseConfig prepare(Path folder, int port) throws IOException {
    Path file = file(folder);
    if (!Files.exists(file)) {
      Files.createDirectories(folder);
      Files.writeString(file, text(port));
    }
    UniverseConfig config = UniverseConfigReader.read(file);
    if (!exists(folder)) {
      InitCommand.initialize(file, config);
    }
    return config;
  }

  private static String text(int port) {
    StringBuilder yaml =
        new StringBuilder("# The demo's universe.\nformat: 1\nclock: shared-host\nlease: 1s\n");
    yaml.append("servers:\n");
    String[] regions = {"eu-west", "us-east", "ap-south"};
    String[] names = {"eu", "us", "ap"};
    for (int i = 0; i < regions.length; i++) {
      yaml.append(
          """
            - name: %s
              id: %d
              region: %s
              zone: %s-a
              listen: 127.0.0.1:%d
              http: %d
              data: %s
          """
              .formatted(
                  names[i],
                  i + 1,
                  regions[i],
                  regions[i],
                  port + i,
                  port + HTTP_PORT_ABOVE + i,
                  names[i]));
    }
    return yaml.toString();
  }
}
