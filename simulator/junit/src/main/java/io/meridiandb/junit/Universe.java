package io.meridiandb.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test on a simulated universe of its own: real servers of Meridian, with their SQL, consensus,
 * logs and files, in virtual time on one seeded queue of events.
 *
 * <pre>{@code
 * @Universe(regions = 3, seed = 42, seeds = 20, faults = {Fault.SERVER_CRASHES, Fault.NETWORK_CUTS})
 * void transfersKeepTheTotal(DataSource bank, LiveUniverse universe) { … }
 * }</pre>
 *
 * <p>On a method it is the test: the method runs once for each seed, each time in a fresh universe,
 * with its {@code @BeforeEach} methods, and needs no {@code @Test}. On a class it describes the
 * universe of each ordinary {@code @Test} in it, which then runs with the first seed alone.
 *
 * <p>Parameters of test, {@code @BeforeEach} and {@code @AfterEach} methods may be a {@code
 * javax.sql.DataSource} and a {@link LiveUniverse}. A test that fails says which seed it was;
 * {@code -Dmeridian.seed=N} runs that one alone, {@code -Dmeridian.seeds=N} runs so many.
 *
 * <p>Needs no agent and no JVM flag. JUnit 5.12 or newer, also 6; Java 25.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(UniverseExtension.class)
public @interface Universe {
  /** How many regions; they are called eu, us, asia, sa, ap, africa, me. */
  int regions() default 3;

  /** How many servers each region has, each in a zone of its own. */
  int serversPerRegion() default 1;

  /**
   * How far regions lie apart: none, lan, paper, three-regions (80, 120, 160 ms a round trip), aws
   * or gcp.
   */
  String latency() default "three-regions";

  /** The first seed. Everything that happens follows from it. */
  long seed() default 1;

  /** How many seeds are run, counted up from the first. */
  int seeds() default 1;

  /**
   * What goes wrong from the moment at which the first client starts (or {@link
   * LiveUniverse#disturb} is called) until {@link LiveUniverse#heal} or the end.
   */
  Fault[] faults() default {};

  /** Virtual milliseconds between two strikes of each of the faults, on average. */
  int faultEveryMillis() default 4_000;

  /** How far clocks of servers may be off, in milliseconds: the price of each commit. */
  int clockUncertaintyMillis() default 2;
}
