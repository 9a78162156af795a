package io.meridiandb.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.system.MemoryDisk;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards who votes in group 0: an odd number, spread over regions and zones. */
class GroupZeroTest {
  private static List<ServerConfig> servers(String... regionAndZone) {
    List<ServerConfig> servers = new ArrayList<>();
    for (String each : regionAndZone) {
      String[] parts = each.split("/");
      int id = servers.size() + 1;
      servers.add(
          new ServerConfig(
              "s" + id, new ServerId(id), parts[0], each, "127.0.0.1", id, 0, Path.of("d" + id)));
    }
    return servers;
  }

  private static String chosen(String... regionAndZone) {
    return GroupZero.choose(servers(regionAndZone)).members().toString();
  }

  @Test
  void oneReplicaAZoneFromTheRegionsInTurn() {
    assertThat(chosen("eu/a")).isEqualTo("[1]");
    assertThat(chosen("eu/a", "us/a", "ap/a")).isEqualTo("[1 2 3]");
    assertThat(chosen("eu/a", "us/a")).isEqualTo("[1 +2r]");
    assertThat(chosen("eu/a", "eu/a", "eu/a")).isEqualTo("[1 2 3]");
    assertThat(chosen("eu/a", "eu/b", "us/a", "ap/a", "ap/b")).isEqualTo("[1 2 3 4 5]");
    assertThat(chosen("eu/a", "eu/b", "eu/c", "us/a", "us/b", "us/c", "ap/a", "ap/b", "ap/c"))
        .isEqualTo("[1 2 4 5 7 +3r +6r +8r +9r]");
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    GroupZero group =
        new GroupZero(
            ReplicaSet.of(
                List.of(new ServerId(7), new ServerId(2), new ServerId(9)),
                List.of(new ServerId(4)),
                List.of(new ServerId(3))));
    group.write(disk);
    assertThat(GroupZero.read(disk)).isEqualTo(group);
  }

  @Test
  void withoutItNothingStarts() {
    assertThatThrownBy(() -> GroupZero.read(new MemoryDisk()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("meridian init");
  }

  @Test
  void theFormatBeforeIsReadAndANewerOneRefused() throws IOException {
    assertThat(read("meridian group 0 format 1 members 1 2 3 followers 4 end\n").toString())
        .isEqualTo("[1 2 3 +4r]");
    assertThat(read("meridian group 0 format 1 members 1 end\n").toString()).isEqualTo("[1]");
    assertThatThrownBy(() -> read("meridian group 0 format 1 members 1 2 3"))
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> read("meridian group 0 format 3\nfull 1\ncrc32c 00000000\n"))
        .hasMessageContaining("damaged");
    assertThatThrownBy(() -> read("")).hasMessageContaining("damaged");
  }

  /** Reliability T17: who votes is never read from damaged bytes. */
  @Test
  void eachDamagedByteIsFound() throws IOException {
    MemoryDisk disk = new MemoryDisk();
    new GroupZero(ReplicaSet.of(List.of(new ServerId(1), new ServerId(2)), List.of(), List.of()))
        .write(disk);
    DiskFile file = disk.open("GROUP-0");
    ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
    file.read(0, bytes);
    for (int i = 0; i < bytes.limit(); i++) {
      byte damaged = (byte) (bytes.get(i) ^ 1);
      file.write(i, ByteBuffer.wrap(new byte[] {damaged}));
      assertThatThrownBy(() -> GroupZero.read(disk))
          .as("byte %s", i)
          .isInstanceOf(ConfigException.class);
      file.write(i, ByteBuffer.wrap(new byte[] {bytes.get(i)}));
    }
    assertThat(GroupZero.read(disk).members().toString()).isEqualTo("[1 2]");
  }

  private static ReplicaSet read(String text) throws IOException {
    MemoryDisk disk = new MemoryDisk();
    try (DiskFile file = disk.open("GROUP-0")) {
      file.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
    return GroupZero.read(disk).members();
  }
}
