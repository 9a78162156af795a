package io.meridiandb.hygiene;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** House rules on the source tree: sizes, banned constructs and texts, package-info. */
class TidyTest {
  private final Repository repository = Repository.locate();

  @Test
  void everyFileKeepsTheHouseRules() {
    List<Finding> findings = new ArrayList<>();
    Set<Path> packages = new LinkedHashSet<>();
    List<Path> sources = repository.files(".java");
    assertThat(sources).as("sources found below " + repository.root()).hasSizeGreaterThan(10);
    for (Path file : sources) {
      String name = repository.name(file);
      String text = repository.read(file);
      findings.addAll(TidyRules.checkText(name, text));
      if (!file.endsWith("package-info.java")) {
        findings.addAll(TidyRules.check(JavaSource.parse(name, text)));
      }
      if (name.contains("/src/main/java/")) {
        packages.add(file.getParent());
      }
    }
    for (Path folder : packages) {
      Path info = folder.resolve("package-info.java");
      String text = Files.exists(info) ? repository.read(info) : "";
      findings.addAll(TidyRules.checkPackageInfo(repository.name(folder), text));
    }
    for (Path file :
        repository.files(".xml", ".md", ".proto", ".sh", ".yaml", ".ftl", ".fmpp", ".txt")) {
      findings.addAll(TidyRules.checkText(repository.name(file), repository.read(file)));
    }
    assertThat(ExceptionList.load().apply(TidyRules.rules(), findings))
        .as("house rules broken (rule | place | measure -> what to do)")
        .isEmpty();
  }

  @Test
  void theListOfExceptionsOnlyShrinks() {
    Set<String> known = new LinkedHashSet<>(TidyRules.rules());
    known.addAll(FloorRules.rules());
    ExceptionList exceptions = ExceptionList.load();
    assertThat(exceptions.unknownRules(known)).as("rules in exceptions.txt").isEmpty();
    assertThat(exceptions.size())
        .as("entries in exceptions.txt; ENTRIES_MAX follows them down")
        .isEqualTo(ExceptionList.ENTRIES_MAX);
  }
}
