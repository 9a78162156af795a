package io.meridiandb.junit;

import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** What stands behind {@link Universe}: a universe a test, its parameters, and its end. */
public final class UniverseExtension
    implements TestTemplateInvocationContextProvider,
        ParameterResolver,
        AfterEachCallback,
        TestExecutionExceptionHandler {
  /** Runs this seed alone. */
  static final String SEED_PROPERTY = "meridian.seed";

  /** Runs so many seeds. */
  static final String SEEDS_PROPERTY = "meridian.seeds";

  private static final Namespace NAMESPACE = Namespace.create(UniverseExtension.class);
  private static final String SEED = "seed";
  private static final String LIVE = "live";

  /** Used by JUnit. */
  public UniverseExtension() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), Universe.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    return seeds(settings(context)).mapToObj(Seeded::new);
  }

  private static LongStream seeds(Universe settings) {
    Long only = Long.getLong(SEED_PROPERTY);
    if (only != null) {
      return LongStream.of(only);
    }
    int count = Integer.getInteger(SEEDS_PROPERTY, settings.seeds());
    return LongStream.range(settings.seed(), settings.seed() + Math.max(1, count));
  }

  /** One run of the method. */
  private record Seeded(long seed) implements TestTemplateInvocationContext {
    @Override
    public String getDisplayName(int index) {
      return "seed " + seed;
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      BeforeEachCallback tellSeed = context -> context.getStore(NAMESPACE).put(SEED, seed);
      return List.of(tellSeed);
    }
  }

  /** The method's own description, or its class's, or that of a class around it. */
  private static Universe settings(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getTestMethod(), Universe.class)
        .or(() -> {
          for (ExtensionContext at = context; ; at = at.getParent().orElseThrow()) {
            var found = AnnotationSupport.findAnnotation(at.getTestClass(), Universe.class);
            if (found.isPresent()) {
              return found;
            }
          }
        })
        .orElseThrow();
  }

  private static long seed(ExtensionContext context) {
    Long told = context.getStore(NAMESPACE).get(SEED, Long.class);
    return told == null ? seeds(settings(context)).findFirst().orElse(1) : told;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return context.getTestMethod().isPresent()
        && (type == DataSource.class || type == LiveUniverse.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    LiveUniverse live = live(context);
    return parameter.getParameter().getType() == DataSource.class ? live.dataSource() : live;
  }

  private static LiveUniverse live(ExtensionContext context) {
    ExtensionContext.Store store = context.getStore(NAMESPACE);
    LiveUniverse live = store.get(LIVE, LiveUniverse.class);
    if (live == null) {
      live = LiveUniverse.start(settings(context), seed(context));
      store.put(LIVE, live);
    }
    return live;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    RepeatWith repeat = new RepeatWith(repeat(context));
    failure.addSuppressed(repeat);
    context.publishReportEntry("meridian", String.valueOf(repeat.getMessage()));
    System.getLogger("io.meridiandb.junit")
        .log(System.Logger.Level.ERROR, "{0}", repeat.getMessage());
    throw failure;
  }

  private static String repeat(ExtensionContext context) {
    long seed = seed(context);
    String test =
        context.getRequiredTestClass().getSimpleName()
            + "#"
            + context.getTestMethod().map(method -> method.getName()).orElse("");
    return "failed with seed %d; the same again: mvn test -Dtest=%s -D%s=%d"
        .formatted(seed, test, SEED_PROPERTY, seed);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    LiveUniverse live = context.getStore(NAMESPACE).remove(LIVE, LiveUniverse.class);
    if (live != null) {
      live.end(context.getExecutionException().isPresent(), () -> repeat(context));
    }
  }
}
