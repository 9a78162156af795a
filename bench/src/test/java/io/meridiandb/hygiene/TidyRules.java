package io.meridiandb.hygiene;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The rules that need only the text of a file. Each is a pure function from a file to findings. */
final class TidyRules {
  static final int FILE_LINES_MAX = 500;
  static final int METHOD_LINES_MAX = 70;
  static final int PARAMETERS_MAX = 6;

  /** Which sources a ban looks at; what may run in main code of the core is DeterminismBans'. */
  enum Scope {
    MAIN,
    TEST,
    EVERYWHERE
  }

  /** A construct that may not be used, and what to use. {@code use} is one of JavaSource.uses(). */
  private record Ban(String rule, Scope scope, String use, String instead) {
    boolean looksAt(JavaSource source) {
      return scope == Scope.EVERYWHERE || (scope == Scope.TEST) == source.isTest();
    }
  }

  private static final List<Ban> BANS =
      List.of(
          new Ban(
              "synchronized",
              Scope.EVERYWHERE,
              "synchronized",
              "a Strand, or java.util.concurrent.locks"),
          new Ban("assert", Scope.EVERYWHERE, "assert", "Invariants.check: it stays on"),
          new Ban(
              "empty-catch",
              Scope.MAIN,
              "empty catch",
              "handle it, or say in the log what was given up"),
          new Ban(
              "sleep", Scope.TEST, "Thread.sleep", "a wait for the event itself, with a deadline"),
          new Ban(
              "stub",
              Scope.MAIN,
              "new UnsupportedOperationException",
              "build it, or refuse with MeridianException(ErrorCode)"),
          new Ban(
              "stack-trace",
              Scope.EVERYWHERE,
              "e.printStackTrace",
              "System.Logger, or let the exception go on"));

  /** Text that may not stand anywhere in the repository, comments included. */
  private record BannedText(String rule, Pattern pattern, String instead) {}

  // Written in pieces, so that this file does not break its own rules.
  private static final List<BannedText> TEXTS =
      List.of(
          new BannedText(
              "todo",
              Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b"),
              "do it now, or open an issue"),
          new BannedText(
              "machine-path",
              Pattern.compile("(?<![\\w.$}/-])/(wo" + "rk|ro" + "ot|ho" + "me|Us" + "ers)/\\w"),
              "a path relative to the repository, or a temporary folder"),
          new BannedText(
              "disabled-test",
              Pattern.compile("@Dis" + "abled\\b"),
              "repair the test, or tag it deep"));

  private static final Set<String> RULES = ruleIds();

  private TidyRules() {}

  static Set<String> rules() {
    return RULES;
  }

  private static Set<String> ruleIds() {
    Set<String> ids =
        new LinkedHashSet<>(List.of("file-lines", "method-lines", "parameters", "package-info"));
    BANS.forEach(ban -> ids.add(ban.rule()));
    TEXTS.forEach(text -> ids.add(text.rule()));
    return ids;
  }

  static List<Finding> check(JavaSource source) {
    List<Finding> findings = new ArrayList<>();
    if (source.lines() > FILE_LINES_MAX) {
      findings.add(
          new Finding(
              "file-lines",
              source.name(),
              source.lines(),
              "split the file by concept; the limit is " + FILE_LINES_MAX));
    }
    for (JavaSource.Method method : source.methods()) {
      String place = source.name() + "#" + method.name();
      if (method.lines() > METHOD_LINES_MAX) {
        findings.add(
            new Finding(
                "method-lines",
                place,
                method.lines(),
                "name its parts as methods; the limit is " + METHOD_LINES_MAX));
      }
      if (method.parameters() > PARAMETERS_MAX) {
        findings.add(
            new Finding(
                "parameters",
                place,
                method.parameters(),
                "group them in a record; the limit is " + PARAMETERS_MAX));
      }
    }
    for (Ban ban : BANS) {
      int count = (int) source.uses().stream().filter(ban.use()::equals).count();
      if (count > 0 && ban.looksAt(source)) {
        findings.add(new Finding(ban.rule(), source.name(), count, "use " + ban.instead()));
      }
    }
    return findings;
  }

  /** Bans on text; for any kind of file. */
  static List<Finding> checkText(String name, String text) {
    List<Finding> findings = new ArrayList<>();
    for (BannedText banned : TEXTS) {
      int count = (int) banned.pattern().matcher(text).results().count();
      if (count > 0) {
        findings.add(new Finding(banned.rule(), name, count, banned.instead()));
      }
    }
    return findings;
  }

  /** A package-info must mark its package and say in a sentence what lives there. */
  static List<Finding> checkPackageInfo(String name, String text) {
    boolean marked = text.contains("@NullMarked");
    int comment = text.indexOf("/**");
    boolean said = comment >= 0 && comment < text.indexOf("package ");
    return marked && said
        ? List.of()
        : List.of(
            new Finding("package-info", name, 1, "@NullMarked and one sentence: what lives here"));
  }
}
