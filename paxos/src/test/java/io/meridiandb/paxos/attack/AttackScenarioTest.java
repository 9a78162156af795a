package io.meridiandb.paxos.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs {@code attacks/*.txt}, twice each: as written, where nothing may go wrong; and by servers
 * that break the rule after {@code @broken}, where it must, as {@code @then} says. Prose begins
 * with #, a command with &gt; ({@link AttackStage} has the list), all else is what happened. With
 * {@code -Drewrite=true} that is written anew: look at the difference, and keep it only if you
 * understand what caused it.
 */
final class AttackScenarioTest {
  private static final Path FOLDER = Path.of("src/test/resources/attacks");
  private static final String THEN = "@then ";

  static Stream<String> attacks() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void theAttackFailsOnlyWithTheRule(String name) throws IOException {
    Path file = FOLDER.resolve(name);
    List<String> written = Files.readAllLines(file);
    List<String> happened = new ArrayList<>();
    AttackStage stage = stage(written, BrokenRule.NONE);
    for (String line : written) {
      boolean kept = line.startsWith("#") || line.startsWith("@") && !line.startsWith(THEN);
      if (kept || line.isBlank()) {
        happened.add(line);
      } else if (line.startsWith("> ")) {
        happened.add(line);
        happened.addAll(stage.execute(line.substring(2)));
      }
    }
    String seen = withTheRuleBroken(written);
    happened.add(THEN + seen);
    if (Boolean.getBoolean("rewrite")) {
      Files.write(file, happened);
    }
    assertThat(seen).as("what is seen without the rule").isNotEqualTo("nothing");
    assertThat(happened).isEqualTo(Files.readAllLines(file));
  }

  static String withTheRuleBroken(List<String> written) {
    AttackStage stage = stage(written, BrokenRule.valueOf(setting(written, "@broken ", "")));
    for (String line : written) {
      if (line.startsWith("> ")) {
        try {
          stage.execute(line.substring(2));
        } catch (AttackOracle.Seen | InvariantViolation seen) {
          return "at \"" + line + "\": " + seen.getMessage();
        }
      }
    }
    return "nothing";
  }

  static AttackStage stage(List<String> written, BrokenRule rule) {
    String[] members = setting(written, "@members ", "1,2,3").split(" ");
    ReplicaSet set =
        ReplicaSet.of(
            servers(members[0]), servers(members.length > 1 ? members[1] : ""), List.of());
    String size = setting(written, "@servers ", String.valueOf(set.all().size()));
    return new AttackStage(set, Integer.parseInt(size), rule);
  }

  private static String setting(List<String> written, String name, String otherwise) {
    return written.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst()
        .orElse(otherwise);
  }

  private static List<ServerId> servers(String list) {
    return Arrays.stream(list.split(","))
        .filter(n -> !n.isEmpty())
        .map(n -> new ServerId(Long.parseLong(n)))
        .toList();
  }
}
