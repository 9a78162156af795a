package io.meridiandb.hygiene;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** The working tree as the tests see it: everything a commit would hold, nothing that is built. */
final class Repository {
  private static final Set<String> NOT_SOURCES =
      Set.of("target", ".git", ".idea", ".vscode", ".settings");

  private final Path root;

  private Repository(Path root) {
    this.root = root;
  }

  /** Maven passes the reactor's folder; an IDE starts the test in the module's. */
  static Repository locate() {
    String given = System.getProperty("meridian.repository");
    Path start = given == null ? Path.of("").toAbsolutePath() : Path.of(given);
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("kernel/pom.xml"))) {
        return new Repository(folder);
      }
    }
    throw new IllegalStateException("no Meridian source tree at or above " + start);
  }

  Path root() {
    return root;
  }

  /** Path with forward slashes, relative to the root: the name a finding has. */
  String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name(file) + " is not readable as UTF-8", e);
    }
  }

  /** All files with one of these endings, sorted by name. */
  List<Path> files(String... endings) {
    List<Path> found = new ArrayList<>();
    try {
      Files.walkFileTree(root, new Collector(found, List.of(endings)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Collections.sort(found);
    return found;
  }

  private static final class Collector extends SimpleFileVisitor<Path> {
    private final List<Path> found;
    private final List<String> endings;

    Collector(List<Path> found, List<String> endings) {
      this.found = found;
      this.endings = endings;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      String name = folder.getFileName().toString();
      return NOT_SOURCES.contains(name) || name.startsWith("meridian-data")
          ? FileVisitResult.SKIP_SUBTREE
          : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      String name = file.getFileName().toString();
      if (endings.stream().anyMatch(name::endsWith)) {
        found.add(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE; // another process removed it between listing and visit
    }
  }
}
