package io.meridiandb.hygiene;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules find what they are for, and no more: without this a broken rule would look green. */
class TidyRulesTest {
  private static List<String> rulesBroken(String name, String text) {
    return TidyRules.check(JavaSource.parse(name, text)).stream()
        .map(f -> f.rule() + " " + f.measure())
        .toList();
  }

  private static final String MAIN = "kernel/src/main/java/A.java";
  private static final String TEST = "kernel/src/test/java/A.java";

  @Test
  void longMethodIsFoundAndTheLongestAllowedIsNot() {
    String start = "class A {\n  void a() {\n";
    assertThat(rulesBroken(MAIN, start + "    a();\n".repeat(68) + "  }\n}\n")).isEmpty();
    assertThat(rulesBroken(MAIN, start + "    a();\n".repeat(69) + "  }\n}\n"))
        .containsExactly("method-lines 71");
  }

  @Test
  void longFileIsFound() {
    assertThat(rulesBroken(MAIN, "class A {}\n" + "//\n".repeat(500)))
        .containsExactly("file-lines 501");
  }

  @Test
  void parametersAreCountedButNotTheComponentsOfRecords() {
    String seven = "int a, int b, int c, int d, int e, int f, int g";
    assertThat(rulesBroken(MAIN, "class A { void a(" + seven + ") {} }"))
        .containsExactly("parameters 7");
    assertThat(rulesBroken(MAIN, "class A { A(" + seven + ") {} }"))
        .containsExactly("parameters 7");
    assertThat(rulesBroken(MAIN, "record A(" + seven + ") {}")).isEmpty();
    assertThat(rulesBroken(MAIN, "record A(" + seven + ") { A { a = 1; } }")).isEmpty();
  }

  @Test
  void bannedConstructsAreFoundInCodeAndNotInComments() {
    assertThat(rulesBroken(MAIN, "class A { synchronized void a() { synchronized (this) {} } }"))
        .containsExactly("synchronized 2");
    assertThat(rulesBroken(MAIN, "/** synchronized, assert. */ class A { String s = \"assert\"; }"))
        .isEmpty();
    assertThat(rulesBroken(MAIN, "class A { void a() { assert 1 > 0; } }"))
        .containsExactly("assert 1");
    assertThat(rulesBroken(MAIN, "class A { void a() { try { a(); } catch (E e) { /* */ } } }"))
        .containsExactly("empty-catch 1");
    assertThat(rulesBroken(MAIN, "class A { Object a = new UnsupportedOperationException(); }"))
        .containsExactly("stub 1");
  }

  @Test
  void sleepIsBannedInTests() {
    assertThat(rulesBroken(TEST, "class A { void a() { Thread.sleep(1); } }"))
        .containsExactly("sleep 1");
  }

  @Test
  void bannedTextsAreFound() {
    assertThat(TidyRules.checkText("a.md", "TO" + "DO later")).hasSize(1);
    assertThat(TidyRules.checkText("a.md", "see /wo" + "rk/x and /ho" + "me/me")).hasSize(1);
    assertThat(TidyRules.checkText("a.md", "src/ho" + "me/x, a framewo" + "rk/part")).isEmpty();
  }

  @Test
  void packageInfoNeedsTheMarkAndASentence() {
    assertThat(TidyRules.checkPackageInfo("p", "/** What. */\n@NullMarked\npackage p;")).isEmpty();
    assertThat(TidyRules.checkPackageInfo("p", "@NullMarked\npackage p;")).hasSize(1);
    assertThat(TidyRules.checkPackageInfo("p", "/** What. */\npackage p;")).hasSize(1);
  }

  @Test
  void anExceptionCoversExactlyItsPlaceAndFailsWhenNotNeeded() {
    var list = ExceptionList.parse("# why\nfile-lines | a.java | 510 | a table of the standard\n");
    Set<String> rules = TidyRules.rules();
    assertThat(list.apply(rules, List.of(new Finding("file-lines", "a.java", 510, "")))).isEmpty();
    assertThat(list.apply(rules, List.of(new Finding("file-lines", "a.java", 511, "")))).hasSize(2);
    assertThat(list.apply(rules, List.of(new Finding("file-lines", "a.java", 505, ""))))
        .singleElement()
        .asString()
        .contains("lower it");
    assertThat(list.apply(rules, List.of())).hasSize(1);
    assertThat(list.apply(Set.of("other"), List.of())).isEmpty();
  }
}
