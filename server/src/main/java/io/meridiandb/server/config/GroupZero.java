package io.meridiandb.server.config;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.id.ServerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The first configuration of group 0, which {@code init} writes into each member's data folder: who
 * votes. A server that finds none starts no group.
 *
 * @param members the voters, by rising id
 */
public record GroupZero(List<ServerId> members) {
  private static final String FILE = "GROUP-0";
  private static final String HEAD = "meridian group 0 format 1 members";
  private static final int BYTES_MAX = 4096;

  public GroupZero {
    members = members.stream().sorted().toList();
  }

  /** Writes and forces it. */
  public void write(Disk disk) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    members.forEach(member -> text.append(' ').append(member.value()));
    text.append(" end\n");
    try (DiskFile file = disk.open(FILE)) {
      file.write(0, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
      file.force().join();
    }
    disk.forceFolder("");
  }

  /**
   * Reads it.
   *
   * @throws ConfigException if it is not there or damaged
   */
  public static GroupZero read(Disk disk) throws IOException {
    if (!disk.exists(FILE)) {
      throw new ConfigException(
          "the data folder holds no configuration of group 0 (file %s): run `meridian init`"
              .formatted(FILE));
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
    try (DiskFile file = disk.open(FILE)) {
      file.read(0, bytes);
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    if (!text.startsWith(HEAD + " ") || !text.endsWith(" end")) {
      throw new ConfigException("the file %s is damaged: '%s'".formatted(FILE, text));
    }
    List<ServerId> members = new ArrayList<>();
    String ids = text.substring(HEAD.length(), text.length() - " end".length()).strip();
    for (String id : List.of(ids.split(" "))) {
      try {
        members.add(new ServerId(Long.parseLong(id)));
      } catch (NumberFormatException e) {
        throw new ConfigException("the file %s is damaged: '%s'".formatted(FILE, text));
      }
    }
    return new GroupZero(members);
  }
}
