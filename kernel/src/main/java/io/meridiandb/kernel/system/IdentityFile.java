package io.meridiandb.kernel.system;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.id.UniverseId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code IDENTITY}: five lines of text, each a key and a value, and a last line with the
 * CRC32C of those before. It is replaced in one step, never changed.
 *
 * @param identity whose folder it is
 * @param mark what a copy of the folder cannot have
 */
record IdentityFile(ServerIdentity identity, String mark) {
  static final String NAME = "IDENTITY";

  /** The next {@code IDENTITY} until it is in place; may be left over by a crash. */
  static final String FRESH_NAME = NAME + ".new";

  /** The number of this layout; a newer one is refused. */
  static final int FORMAT = 1;

  private static final List<String> KEYS =
      List.of("meridian-identity", "universe", "server", "incarnation", "folder");

  void write(Path folder) throws IOException {
    String text =
        "%s %d\n%s %s\n%s %d\n%s %d\n%s %s\n"
            .formatted(
                KEYS.get(0),
                FORMAT,
                KEYS.get(1),
                identity.universe(),
                KEYS.get(2),
                identity.server().value(),
                KEYS.get(3),
                identity.incarnation(),
                KEYS.get(4),
                mark);
    byte[] bytes = (text + "crc32c " + sum(text) + "\n").getBytes(StandardCharsets.UTF_8);
    Path fresh = folder.resolve(FRESH_NAME);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer from = ByteBuffer.wrap(bytes);
      while (from.hasRemaining()) {
        channel.write(from);
      }
      channel.force(true);
    }
    Files.move(fresh, folder.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
    FileDisk.forceNames(folder);
  }

  static IdentityFile read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    String text = Files.readString(file);
    List<String> lines = text.lines().toList();
    try {
      int format = Integer.parseInt(value(lines, 0));
      if (format > FORMAT) {
        throw new DataFolderException(
            "%s has format %d, this program reads up to %d; use the newer program"
                .formatted(file, format, FORMAT));
      }
      String body = text.substring(0, text.indexOf("crc32c "));
      if (!lines.get(KEYS.size()).equals("crc32c " + sum(body))) {
        throw damaged(file, null);
      }
      return new IdentityFile(
          new ServerIdentity(
              UniverseId.parse(value(lines, 1)),
              new ServerId(Long.parseLong(value(lines, 2))),
              Long.parseLong(value(lines, 3))),
          value(lines, 4));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw damaged(file, e);
    }
  }

  private static DataFolderException damaged(Path file, @Nullable Throwable cause) {
    String text =
        "%s is damaged; restore that file, or replace the server by a new one with an empty folder"
            .formatted(file);
    return cause == null ? new DataFolderException(text) : new DataFolderException(text, cause);
  }

  private static String value(List<String> lines, int index) {
    String start = KEYS.get(index) + " ";
    if (!lines.get(index).startsWith(start)) {
      throw new IllegalArgumentException("no " + KEYS.get(index));
    }
    return lines.get(index).substring(start.length());
  }

  private static String sum(String text) {
    CRC32C sum = new CRC32C();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return "%08x".formatted(sum.getValue());
  }
}
