package io.meridiandb.hygiene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Versions stand in the root pom alone, and every dependency has its reason on a page. */
class DependenciesTest {
  private static final Pattern MANAGED =
      Pattern.compile("<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)<");
  private static final Pattern VERSION =
      Pattern.compile("<version>(?!\\$\\{|0\\.1\\.0-SNAPSHOT)[^<]+</version>");

  private final Repository repository = Repository.locate();

  @Test
  void everyManagedDependencyIsOnThePage() {
    String root = repository.read(repository.root().resolve("pom.xml"));
    String management = root.substring(0, root.indexOf("</dependencyManagement>"));
    String page = repository.read(repository.root().resolve("docs/DEPENDENCIES.md"));
    List<String> missing =
        MANAGED
            .matcher(management)
            .results()
            .filter(found -> !found.group(1).equals("io.meridiandb"))
            .map(found -> found.group(2))
            .filter(artifact -> !page.contains(artifact))
            .toList();
    assertThat(missing).as("managed in pom.xml and not in docs/DEPENDENCIES.md").isEmpty();
  }

  @Test
  void modulesNameNoVersionsOfLibraries() {
    List<String> pinned =
        repository.files("pom.xml").stream()
            .filter(pom -> pom.getParent().getParent().equals(repository.root()))
            .filter(pom -> VERSION.matcher(dependencies(repository.read(pom))).find())
            .map(repository::name)
            .toList();
    assertThat(pinned).as("poms with a version that belongs in the root's").isEmpty();
  }

  private static String dependencies(String pom) {
    int start = pom.indexOf("<dependencies>");
    return start < 0 ? "" : pom.substring(start, pom.indexOf("</dependencies>", start));
  }
}
