package io.meridiandb.hygiene;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The floors of the design and the bans of the deterministic part, on the compiled classes. */
class FloorsTest {
  /** Written by tools at build time, from .proto files and the grammar. */
  private static final List<String> GENERATED =
      List.of("io.meridiandb.sql.parser.impl.", "io.meridiandb.bench.jmh_generated.");

  @Test
  void floorsAndBansHold() {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.meridiandb");
    Map<String, Finding> byPlace = new LinkedHashMap<>();
    int looked = 0;
    for (JavaClass type : classes) {
      if (isOurs(type)) {
        looked++;
        for (Finding finding : FloorRules.check(type)) {
          byPlace.merge(finding.rule() + finding.place(), finding, FloorsTest::together);
        }
      }
    }
    assertThat(looked).as("classes looked at").isGreaterThan(10);
    List<Finding> findings = List.copyOf(byPlace.values());
    assertThat(ExceptionList.load().apply(FloorRules.rules(), findings))
        .as("floors or bans broken (rule | class | count -> what to do)")
        .isEmpty();
  }

  /** One finding for each rule and class, with the number of places and the first of them. */
  private static Finding together(Finding one, Finding other) {
    return new Finding(one.rule(), one.place(), one.measure() + other.measure(), one.advice());
  }

  private static boolean isOurs(JavaClass type) {
    return GENERATED.stream().noneMatch(type.getName()::startsWith)
        && !type.getName().startsWith("io.meridiandb.hygiene.")
        && type.getAllRawSuperclasses().stream()
            .noneMatch(parent -> parent.getName().startsWith("com.google.protobuf."));
  }
}
