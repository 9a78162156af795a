package io.meridiandb.server.config;

import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.time.Clocks;
import io.meridiandb.truetime.HostAnchor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code init} mints for a universe file and keeps beside it in {@code FILE.identity}: the
 * universe's id, and the anchor of the clock that all its servers on this host share. Copy it along
 * with the universe file to other hosts.
 *
 * @param universe the id
 * @param anchor ties CLOCK_BOOTTIME to absolute time; of the boot in which it was written last
 */
public record UniverseIdentity(UniverseId universe, HostAnchor anchor) {
  private static final String SUFFIX = ".identity";

  /** A universe that is being made: {@code init} goes on with it if it was cut off. */
  private static final String UNFINISHED_SUFFIX = SUFFIX + ".unfinished";

  private static final String UNIVERSE = "universe ";
  private static final String ANCHOR = "anchor ";

  /**
   * A new anchor begins so much later than the wall clock says: the host may have been ahead of it
   * before it was started again, and absolute time must not be seen to go back (protocol G10).
   */
  private static final Duration REBOOT_SLACK = Duration.ofMillis(250);

  /** Where the identity of the universe file {@code config} stands. */
  public static Path file(Path config) {
    return config.resolveSibling(config.getFileName() + SUFFIX);
  }

  /** Mints a new universe; nothing is written yet. */
  public static UniverseIdentity mint(Clocks clocks) {
    SecureRandom random = new SecureRandom();
    return new UniverseIdentity(
        new UniverseId(random.nextLong(), random.nextLong()), HostAnchor.mint(clocks));
  }

  /**
   * Begins to make the universe of {@code config}: what an earlier try minted, or a new identity,
   * is durable beside the file before anything else is written, so that a try that was cut off can
   * be taken up again.
   */
  public static UniverseIdentity begin(Path config, Clocks clocks) throws IOException {
    Path file = config.resolveSibling(config.getFileName() + UNFINISHED_SUFFIX);
    if (Files.exists(file)) {
      return new UniverseIdentity(
          parse(file, Files.readAllLines(file)).universe, HostAnchor.mint(clocks));
    }
    UniverseIdentity minted = mint(clocks);
    minted.writeTo(file);
    return minted;
  }

  /** All servers' folders are made: from now on the universe can be started. */
  public void finish(Path config) throws IOException {
    write(config);
    Files.deleteIfExists(config.resolveSibling(config.getFileName() + UNFINISHED_SUFFIX));
  }

  /** Writes it beside {@code config}, in one step. */
  public void write(Path config) throws IOException {
    writeTo(file(config));
  }

  private void writeTo(Path file) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
        FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      String text = UNIVERSE + universe + "\n" + ANCHOR + anchor + "\n";
      channel.truncate(0);
      channel.write(StandardCharsets.UTF_8.encode(text));
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  /**
   * Reads the identity of {@code config}. If the host has been started again since, the anchor is
   * made anew, once for all servers: the first to come does it under a file lock.
   *
   * @throws ConfigException if there is none, or it cannot be read
   */
  public static UniverseIdentity open(Path config, Clocks clocks) {
    Path file = file(config);
    if (!Files.exists(file)) {
      throw new ConfigException(
          "the universe of %s has not been made yet: run `meridian init --config %s`"
              .formatted(config, config));
    }
    Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      UniverseIdentity found = parse(file, Files.readAllLines(file));
      if (found.anchor.holdsFor(clocks) || !lock.isValid()) {
        return found;
      }
      HostAnchor now = HostAnchor.mint(clocks);
      UniverseIdentity next =
          new UniverseIdentity(
              found.universe,
              new HostAnchor(now.bootId(), now.offsetNanos() + REBOOT_SLACK.toNanos()));
      next.write(config);
      return next;
    } catch (IOException e) {
      throw new ConfigException(
          "the identity %s cannot be read or written: %s".formatted(file, e.getMessage()));
    }
  }

  private static UniverseIdentity parse(Path file, List<String> lines) {
    String universe = value(lines, UNIVERSE);
    String anchor = value(lines, ANCHOR);
    if (universe != null && anchor != null) {
      try {
        return new UniverseIdentity(UniverseId.parse(universe), HostAnchor.parse(anchor));
      } catch (IllegalArgumentException e) {
        throw new ConfigException("the identity %s is damaged: %s".formatted(file, e.getMessage()));
      }
    }
    throw new ConfigException("the identity %s is damaged: it names no universe".formatted(file));
  }

  private static @Nullable String value(List<String> lines, String key) {
    for (String line : lines) {
      if (line.startsWith(key)) {
        return line.substring(key.length()).strip();
      }
    }
    return null;
  }
}
