package io.meridiandb.server.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guards where statements end: semicolons in quotes and comments are no ends. */
class StatementSplitterTest {
  private static List<String> split(String text) {
    StatementSplitter splitter = new StatementSplitter();
    splitter.add(text);
    List<String> statements = new ArrayList<>();
    for (String next = splitter.next(); next != null; next = splitter.next()) {
      statements.add(next);
    }
    String rest = splitter.rest();
    if (!rest.isEmpty()) {
      statements.add("…" + rest);
    }
    return statements;
  }

  @Test
  void statementsEndAtSemicolons() {
    assertThat(split("SELECT 1; SELECT 2 ;;\n SELECT 3"))
        .containsExactly("SELECT 1", "SELECT 2", "…SELECT 3");
  }

  @Test
  void quotesHideSemicolons() {
    assertThat(split("SELECT 'a;b''c;', \"x;y\";")).containsExactly("SELECT 'a;b''c;', \"x;y\"");
    assertThat(split("SELECT E'a\\';b';")).containsExactly("SELECT E'a\\';b'");
    assertThat(split("SELECT 'back\\';'b';")).containsExactly("SELECT 'back\\'", "'b'");
    assertThat(split("SELECT $$a;b$$, $x$ $$;$x$;")).containsExactly("SELECT $$a;b$$, $x$ $$;$x$");
    assertThat(split("SELECT $1; SELECT $2;")).containsExactly("SELECT $1", "SELECT $2");
  }

  @Test
  void commentsHideSemicolonsAndSayNothing() {
    assertThat(split("SELECT 1 -- a;b\n;")).containsExactly("SELECT 1 -- a;b");
    assertThat(split("/* a; /* nested; */ ; */ SELECT 1;"))
        .containsExactly("/* a; /* nested; */ ; */ SELECT 1");
    assertThat(split("-- nothing;\n;  /* ; */ ;")).isEmpty();
    assertThat(split("SELECT 1 - 2 / 3;")).containsExactly("SELECT 1 - 2 / 3");
  }

  @Test
  void enterExecutesOnlyWhatIsComplete() {
    assertThat(StatementLines.isComplete("SELECT 1")).isFalse();
    assertThat(StatementLines.isComplete("SELECT 1;")).isTrue();
    assertThat(StatementLines.isComplete("SELECT ';")).isFalse();
    assertThat(StatementLines.isComplete("SELECT 1; SELECT")).isFalse();
    assertThat(StatementLines.isComplete("\\d cities")).isTrue();
    assertThat(StatementLines.isComplete("  ")).isTrue();
    assertThat(StatementLines.isComplete("/* open")).isFalse();
  }
}
