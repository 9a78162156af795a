package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs {@code scenarios/*.txt}: prose begins with #, a command with &gt;, all else is what the core
 * did. With {@code -Drewrite=true} the reactions are written anew: look at the difference, and keep
 * it only if you understand what caused it.
 */
final class ScenarioTest {
  private static final Path FOLDER = Path.of("src/test/resources/scenarios");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "normal-commit",
        "lagging-commit",
        "re-stamp",
        "lease-takeover",
        "candidate-overtaken",
        "deposed-leader",
        "joint-change",
        "leader-leaves",
        "hand-over",
        "hand-over-waits",
        "hand-over-declined",
        "stale-configuration",
        "witness-serves-the-log",
        "witness-remembers-members",
        "removed-may-go",
        "new-leader-and-the-removed",
        "laggard-reads-from-disk",
        "image-keeps-votes",
        "image-is-given-on"
      })
  void theCoreReactsAsWritten(String name) throws IOException {
    Path file = FOLDER.resolve(name + ".txt");
    List<String> written = Files.readAllLines(file);
    List<String> happened = new ArrayList<>();
    ScenarioWorld world = new ScenarioWorld();
    for (String line : written) {
      if (line.startsWith("#") || line.isBlank()) {
        happened.add(line);
      } else if (line.startsWith("> ")) {
        happened.add(line);
        world.execute(line.substring(2)).forEach(happened::add);
      }
    }
    if (Boolean.getBoolean("rewrite")) {
      Files.write(file, happened);
    }
    assertThat(happened).isEqualTo(Files.readAllLines(file));
  }
}
