package io.meridiandb.simulator.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The lines of a sweep in a file, so that it can be stopped and go on. */
final class SweepFile {
  private static final Pattern LINE = Pattern.compile("\\{\"seed\":(-?\\d+),.*]}");

  private final @Nullable Path file;
  private final Map<Long, String> lines = new TreeMap<>();

  /** Reads what is there; null keeps nothing. */
  SweepFile(@Nullable Path file) throws IOException {
    this.file = file;
    if (file != null && Files.exists(file)) {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        Matcher match = LINE.matcher(line); // the last line may be torn
        if (match.matches()) {
          lines.put(Long.parseLong(match.group(1)), line);
        }
      }
    }
  }

  /** What was found out about a seed before; null if it was not run. */
  @Nullable String line(long seed) {
    return lines.get(seed);
  }

  void add(String line) throws IOException {
    if (file != null) {
      Files.writeString(
          file,
          line + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
