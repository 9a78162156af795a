package io.meridiandb.server.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guards the shell at a terminal: lines that go on, prompts, history, names. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class InteractiveShellTest {
  private final FakeDatabase database =
      new FakeDatabase().count("INSERT\ninto t", 1).count("BEGIN", -1);
  private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

  private int type(String keys, Path history) throws Exception {
    try (Terminal terminal =
        new DumbTerminal(
            "test",
            Terminal.TYPE_DUMB,
            new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)),
            screen,
            StandardCharsets.UTF_8)) {
      return new InteractiveShell(database, terminal, RowFormat.Kind.ALIGNED, history).run();
    }
  }

  private String screen() {
    return screen.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aStatementGoesOnUntilItsSemicolonAndStaysInTheHistory(@TempDir Path folder)
      throws Exception {
    Path history = folder.resolve("new").resolve("history");
    assertThat(type("INSERT\ninto t;\nSELEKT;\n\\q\n", history)).isZero();
    assertThat(database.executed).containsExactly("INSERT\ninto t", "SELEKT");
    assertThat(screen())
        .contains("Fake 1.0")
        .contains("meridian=> ")
        .contains("INSERT 1")
        .contains("ERROR 42601: no such word");
    assertThat(Files.readString(history)).contains("INSERT");
  }

  @Test
  void theEndOfInputLeavesAndALostConnectionIs3(@TempDir Path folder) throws Exception {
    assertThat(type("", folder.resolve("h"))).isZero();
    database.transaction = SqlSession.TransactionStatus.FAILED;
    database.open = false;
    assertThat(type("BEGIN;\n", folder.resolve("h"))).isEqualTo(3);
    assertThat(screen()).contains("meridian!> ").contains("The connection is closed");
  }

  @Test
  void ctrlCCancelsTheStatementAndTheShellGoesOn(@TempDir Path folder) throws Exception {
    try (Terminal terminal =
        new DumbTerminal(
            "test",
            Terminal.TYPE_DUMB,
            new ByteArrayInputStream(
                "SELECT forever;\nBEGIN;\n\\q\n".getBytes(StandardCharsets.UTF_8)),
            screen,
            StandardCharsets.UTF_8)) {
      CompletableFuture<Void> user =
          CompletableFuture.runAsync(() -> {
            try {
              database.running.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            terminal.raise(Terminal.Signal.INT);
          });
      InteractiveShell shell =
          new InteractiveShell(
              database, terminal, RowFormat.Kind.ALIGNED, folder.resolve("history"));
      assertThat(shell.run()).isZero();
      user.get(10, TimeUnit.SECONDS);
    }
    assertThat(screen()).contains("ERROR 57014: canceled").contains("BEGIN");
    assertThat(database.executed).containsExactly("SELECT forever", "BEGIN");
  }

  @Test
  void namesAndKeywordsAreCompleted() {
    Names names = new Names(database);
    assertThat(names.matching("co")).contains("commit", "count", "countries", "country");
    assertThat(names.matching("SEL")).containsExactly("SELECT");
    assertThat(names.matching("c.pop")).containsExactly("c.population");
    assertThat(names.matching("xyz")).isEmpty();
  }
}
