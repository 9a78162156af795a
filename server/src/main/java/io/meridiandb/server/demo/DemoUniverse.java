package io.meridiandb.server.demo;

import io.meridiandb.server.command.InitCommand;
import io.meridiandb.server.config.UniverseConfig;
import io.meridiandb.server.config.UniverseConfigReader;
import io.meridiandb.server.config.UniverseIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The universe file of the demo: five servers in five zones of three regions, one process. */
public final class DemoUniverse {
  /** Where the demo keeps its universe unless told otherwise. */
  public static final Path FOLDER = Path.of("data", "demo");

  /** The first server's port; clients look here by default. */
  public static final int PORT = 7411;

  private static final int HTTP_PORT_ABOVE = 100;

  /**
   * A server.
   *
   * @param name its name
   * @param region where it stands
   * @param zone its data centre there
   */
  public record Place(String name, String region, String zone) {}

  /** Five zones in three regions: the demo. */
  public static final List<Place> FIVE_ZONES =
      List.of(
          new Place("eu1", "eu-west", "eu-west-a"),
          new Place("eu2", "eu-west", "eu-west-b"),
          new Place("us1", "us-east", "us-east-a"),
          new Place("ap1", "ap-south", "ap-south-a"),
          new Place("ap2", "ap-south", "ap-south-b"));

  /** One zone in each of three regions: benchmarks. */
  public static final List<Place> THREE_ZONES =
      List.of(
          new Place("eu", "eu-west", "eu-west-a"),
          new Place("us", "us-east", "us-east-a"),
          new Place("ap", "ap-south", "ap-south-a"));

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
   * @param places its servers if the file is written
   */
  public static UniverseConfig prepare(Path folder, int port, List<Place> places)
      throws IOException {
    Path file = file(folder);
    if (!Files.exists(file)) {
      Files.createDirectories(folder);
      Files.writeString(file, text(port, places));
    }
    UniverseConfig config = UniverseConfigReader.read(file);
    if (!exists(folder)) {
      InitCommand.initialize(file, config);
    }
    return config;
  }

  private static String text(int port, List<Place> places) {
    StringBuilder yaml =
        new StringBuilder(
            """
            # The demo's universe: three regions, five zones. The clock is taken to be wrong by up to
            # a millisecond, so that TrueTime has something to wait for.
            format: 1
            clock: static:1ms
            lease: 1s
            servers:
            """);
    for (Place place : places) {
      int offset = places.indexOf(place);
      yaml.append(
          """
            - name: %s
              id: %d
              region: %s
              zone: %s
              listen: 127.0.0.1:%d
              http: %d
              data: %s
          """
              .formatted(
                  place.name,
                  offset + 1,
                  place.region,
                  place.zone,
                  port + offset,
                  port + HTTP_PORT_ABOVE + offset,
                  place.name));
    }
    return yaml.toString();
  }
}
