package io.meridiandb.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule: a wrong universe file gives one message that names the file, the key and the value. */
final class UniverseConfigReaderTest {
  private static final String GOOD =
      """
      format: 1
      clock: static:5ms
      lease: 1s
      servers:
        - name: eu-1
          id: 1
          region: eu-west
          zone: eu-west-a
          listen: 127.0.0.1:7411
          http: 7511
          data: data/eu-1
        - name: us-1
          id: 2
          region: us-east
          zone: us-east-a
          listen: 127.0.0.1:7412
          data: data/us-1
      """;

  @TempDir Path folder;

  @Test
  void aGoodFileIsReadWithItsFoldersRelativeToIt() throws IOException {
    UniverseConfig config = read(GOOD);

    assertThat(config.clock()).isEqualTo("static:5ms");
    assertThat(config.lease()).isEqualTo(Duration.ofSeconds(1));
    assertThat(config.replaceAfter()).isEqualTo(Duration.ofMinutes(5));
    ServerConfig first = config.server("eu-1");
    assertThat(first.port()).isEqualTo(7411);
    assertThat(first.httpPort()).isEqualTo(7511);
    assertThat(first.data()).isEqualTo(folder.resolve("data/eu-1"));
    assertThat(config.server("us-1").httpPort()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "format: 1 | format: 2 | this version reads format 1",
        "clock: static:5ms | clok: x | unknown key 'clok'",
        "lease: 1s | lease: 1 | lease is '1'",
        "lease: 1s | lease: 90s | from 100ms to 60s",
        "lease: 1s | replace-after: 9s | from 10s to 24h",
        "lease: 1s | replace-after: 25h | from 10s to 24h",
        "lease: 1s | replace-after: soon | replace-after is 'soon'",
        "id: 2 | id: 1 | two servers have the id 1",
        "id: 2 | id: two | id is 'two', it must be a number",
        "listen: 127.0.0.1:7412 | listen: 7412 | it must be HOST:PORT",
        "listen: 127.0.0.1:7412 | listen: 127.0.0.1:70000 | from 1 to 65535",
        "data: data/us-1 | data: | 'data' is missing",
        "servers: | servers: [ | line",
      })
  void aWrongFileIsRefusedWithItsReason(String from, String to, String message) throws IOException {
    String text = GOOD.replaceFirst(from, to);

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("universe.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void aFileThatEndsInTheMiddleIsRefused() {
    assertThatThrownBy(() -> read(GOOD.substring(0, GOOD.indexOf("region") + 4)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("universe.yaml");
    assertThatThrownBy(() -> read("")).hasMessageContaining("empty");
  }

  @Test
  void anUnknownServerIsAnsweredWithTheKnownOnes() throws IOException {
    UniverseConfig config = read(GOOD);

    assertThatThrownBy(() -> config.server("asia-1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("asia-1")
        .hasMessageContaining("eu-1, us-1");
  }

  private UniverseConfig read(String text) throws IOException {
    Path file = folder.resolve("universe.yaml");
    Files.writeString(file, text);
    return UniverseConfigReader.read(file);
  }
}
