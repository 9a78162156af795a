package io.meridiandb.hygiene;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bans find what they are for: each offender is compiled here and shown to the rules. */
class FloorRulesTest {
  private static final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

  /** Shared by all tests: it keeps the class path's jars open. */
  private static final StandardJavaFileManager files =
      compiler.getStandardFileManager(null, Locale.ROOT, UTF_8);

  @TempDir Path folder;

  @Test
  void clocksRandomThreadsFilesAndUnorderedCollectionsAreFoundInTheCore() {
    assertThat(broken("paxos", "System.nanoTime()")).containsExactly("clock");
    assertThat(broken("paxos", "java.time.Instant.now()")).containsExactly("clock");
    assertThat(broken("paxos", "java.util.UUID.randomUUID()")).containsExactly("random");
    assertThat(broken("paxos", "new java.util.Random(1)")).containsExactly("random");
    assertThat(broken("paxos", "new Thread()")).containsExactly("thread");
    assertThat(broken("paxos", "Thread.ofVirtual().start(() -> {})")).contains("thread");
    assertThat(broken("paxos", "java.util.List.of().parallelStream()")).containsExactly("thread");
    assertThat(broken("paxos", "java.nio.file.Files.exists(null)")).containsExactly("file");
    assertThat(broken("paxos", "new java.net.Socket()")).containsExactly("socket");
    assertThat(broken("paxos", "java.util.Set.of(1, 2)")).containsExactly("order");
    assertThat(broken("paxos", "new java.util.HashMap<Integer, Integer>()"))
        .containsExactly("order");
    assertThat(broken("paxos", "java.util.Locale.getDefault()")).containsExactly("default-locale");
    assertThat(broken("paxos", "System.identityHashCode(1)")).containsExactly("identity");
  }

  @Test
  void whatIsDeterministicPasses() {
    assertThat(broken("paxos", "new java.util.LinkedHashMap<Integer, Integer>()")).isEmpty();
    assertThat(broken("paxos", "java.util.Map.of()")).isEmpty();
    assertThat(broken("paxos", "java.time.Instant.now(java.time.Clock.fixed(null, null))"))
        .isEmpty();
  }

  @Test
  void asynchronousStagesNeedAnExecutor() {
    String future = "new java.util.concurrent.CompletableFuture<Integer>()";
    assertThat(broken("paxos", future + ".thenRunAsync(() -> {})")).containsExactly("thread");
    assertThat(broken("paxos", future + ".thenRunAsync(() -> {}, Runnable::run)")).isEmpty();
  }

  @Test
  void theWiringMayTouchTheWorld() {
    assertThat(broken("kernel.system", "System.nanoTime()")).isEmpty();
    assertThat(broken("kernel", "System.nanoTime()")).containsExactly("clock");
    assertThat(broken("server.node", "System.nanoTime()")).containsExactly("clock");
  }

  @Test
  void arrowsGoDownAndLibrariesStayHome() {
    assertThat(broken("wire", "io.meridiandb.kernel.Other.VALUE")).containsExactly("floor");
    assertThat(broken("txn", "io.meridiandb.kernel.Other.VALUE")).isEmpty();
    assertThat(broken("txn", "new org.openjdk.jmh.util.SampleBuffer()"))
        .containsExactly("library-home");
  }

  /** Ids of the rules that a class of this package breaks by evaluating this expression. */
  private List<String> broken(String packageName, String expression) {
    String own = "io.meridiandb." + packageName;
    compile(
        source(
            own + ".Offender",
            "package " + own + "; class Offender { Object o() { return " + expression + "; } }"),
        source(
            "io.meridiandb.kernel.Other",
            "package io.meridiandb.kernel; public class Other { public static Integer VALUE = 1; }"));
    JavaClass offender = new ClassFileImporter().importPath(folder).get(own + ".Offender");
    return FloorRules.check(offender).stream().map(Finding::rule).toList();
  }

  private void compile(JavaFileObject... sources) {
    List<String> options = List.of("-d", folder.toString(), "-proc:none");
    boolean compiled = compiler.getTask(null, files, null, options, null, List.of(sources)).call();
    assertThat(compiled).as("the example compiles").isTrue();
  }

  private static JavaFileObject source(String name, String text) {
    URI uri = URI.create("string:///" + name.replace('.', '/') + ".java");
    return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }
}
