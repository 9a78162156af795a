package io.meridiandb.hygiene;

import com.sun.source.tree.AssertTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * One Java file, parsed by the JDK's own parser.
 *
 * @param name path in the repository
 * @param text the source
 * @param methods every method and constructor with a declaration of its own
 * @param uses constructs that a rule may forbid: {@code synchronized}, {@code assert}, {@code empty
 *     catch}, calls as written ({@code Thread.sleep}) and classes made ({@code new HashMap})
 */
record JavaSource(String name, String text, List<Method> methods, List<String> uses) {
  private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

  /**
   * Of no libraries: to look for compiler plugins in them takes far longer than to parse a file.
   */
  private static final StandardJavaFileManager FILES = filesWithoutLibraries();

  /**
   * A method with its size.
   *
   * @param name {@code Class.method}, nested classes joined by dots
   * @param lines from the first modifier or annotation to the closing brace
   */
  record Method(String name, int lines, int parameters) {}

  boolean isTest() {
    return name.contains("/src/test/");
  }

  int lines() {
    return (int) text.lines().count();
  }

  private static StandardJavaFileManager filesWithoutLibraries() {
    StandardJavaFileManager files = COMPILER.getStandardFileManager(null, null, null);
    try {
      files.setLocation(StandardLocation.CLASS_PATH, List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  static JavaSource parse(String name, String text) {
    List<String> options = List.of("-proc:none");
    var task =
        (JavacTask)
            COMPILER.getTask(null, FILES, d -> {}, options, null, List.of(new Text(name, text)));
    try {
      CompilationUnitTree unit = task.parse().iterator().next();
      var scanner = new Scanner(unit, Trees.instance(task).getSourcePositions());
      scanner.scan(unit, null);
      return new JavaSource(name, text, scanner.methods, scanner.uses);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Text extends SimpleJavaFileObject {
    private final String text;

    Text(String name, String text) {
      super(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  private static final class Scanner extends TreePathScanner<Void, Void> {
    final List<Method> methods = new ArrayList<>();
    final List<String> uses = new ArrayList<>();
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final Deque<String> classes = new ArrayDeque<>();

    Scanner(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public Void visitClass(ClassTree node, Void unused) {
      classes.addLast(node.getSimpleName().isEmpty() ? "$" : node.getSimpleName().toString());
      super.visitClass(node, unused);
      classes.removeLast();
      return null;
    }

    @Override
    public Void visitMethod(MethodTree node, Void unused) {
      long start = positions.getStartPosition(unit, node);
      long end = positions.getEndPosition(unit, node);
      if (start >= 0 && end > start) {
        String simple = node.getName().toString();
        String own = simple.equals("<init>") ? "new" : simple;
        methods.add(
            new Method(
                String.join(".", classes) + "." + own,
                (int) (line(end) - line(start) + 1),
                declaredParameters(node, start)));
      }
      if (node.getModifiers().getFlags().contains(Modifier.SYNCHRONIZED)) {
        uses.add("synchronized");
      }
      return super.visitMethod(node, unused);
    }

    /** A record's compact constructor shows its components as parameters; they are not written. */
    private int declaredParameters(MethodTree node, long start) {
      if (node.getParameters().isEmpty()) {
        return 0;
      }
      long first = positions.getStartPosition(unit, node.getParameters().getFirst());
      return first < start ? 0 : node.getParameters().size();
    }

    private long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }

    @Override
    public Void visitSynchronized(SynchronizedTree node, Void unused) {
      uses.add("synchronized");
      return super.visitSynchronized(node, unused);
    }

    @Override
    public Void visitAssert(AssertTree node, Void unused) {
      uses.add("assert");
      return super.visitAssert(node, unused);
    }

    @Override
    public Void visitCatch(CatchTree node, Void unused) {
      BlockTree block = node.getBlock();
      if (block.getStatements().isEmpty()) {
        uses.add("empty catch");
      }
      return super.visitCatch(node, unused);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree node, Void unused) {
      uses.add(node.getMethodSelect().toString());
      return super.visitMethodInvocation(node, unused);
    }

    @Override
    public Void visitNewClass(NewClassTree node, Void unused) {
      Tree type = node.getIdentifier();
      uses.add("new " + type.toString().replaceAll("<.*", ""));
      return super.visitNewClass(node, unused);
    }
  }
}
