package dev.scalable.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.Configuration.consideringOnlyDependenciesInDiagram;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.adhereToPlantUmlDiagram;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The shape of the testkit, as docs/explanation/testkit.puml and the decisions say it. */
class ArchitectureTest {
  private static final String ROOT = "dev.scalable.testkit";

  /** The diagram's folder is found from the module's folder, where the build runs tests, and from the repository's. */
  private static final Path DIAGRAM = Stream.of("../docs", "docs")
      .map(docs -> Path.of(docs, "explanation", "testkit.puml").toAbsolutePath().normalize())
      .filter(path -> path.toFile().isFile()).findFirst().orElseThrow();

  /** Vendor, and the only packages that may call it. */
  private static final Map<String, Set<String>> ONLY_IMPORTERS = Map.of(
      "org.testcontainers", Set.of("docker"),
      "com.github.dockerjava", Set.of("docker"),
      "org.HdrHistogram", Set.of("load", "noise", "report"),
      "org.junit", Set.of("junit"),
      "org.postgresql", Set.of("cluster", "docker"));

  private static final JavaClasses MAIN = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages(ROOT);

  private static final JavaClasses TESTS = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
      .importPackages(ROOT);

  @Test
  void enough_classes_are_seen_for_the_rules_to_mean_anything() {
    assertThat(MAIN).hasSizeGreaterThan(40);
    assertThat(TESTS).hasSizeGreaterThan(8);
    assertThat(MAIN).extracting(ArchitectureTest::area).contains("history", "load", "check", "report");
  }

  @Test
  void packages_call_only_those_that_the_diagram_has_an_arrow_for() {
    classes().should(adhereToPlantUmlDiagram(DIAGRAM, consideringOnlyDependenciesInDiagram())).check(MAIN);
  }

  @Test
  void every_package_stands_in_the_diagram() {
    Set<String> packages = MAIN.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
    assertThat(DIAGRAM).content().satisfies(text ->
        assertThat(packages).allSatisfy(name -> assertThat(text).contains("<<" + name + ">>")));
  }

  @Test
  void each_vendor_is_known_to_as_few_packages_as_can_be() {
    ONLY_IMPORTERS.forEach((vendor, importers) -> {
      Set<String> found = MAIN.stream()
          .filter(type -> type.getDirectDependenciesFromSelf().stream()
              .anyMatch(call -> call.getTargetClass().getPackageName().startsWith(vendor)))
          .map(ArchitectureTest::area)
          .collect(Collectors.toCollection(TreeSet::new));
      assertThat(found).as(vendor).isSubsetOf(importers);
    });
  }

  @Test
  void no_packages_call_each_other_in_a_circle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void every_package_says_what_may_be_null() {
    List<JavaPackage> packages = MAIN.stream().map(JavaClass::getPackage).distinct().toList();
    assertThat(packages).isNotEmpty().allMatch(each -> each.isAnnotatedWith(NullMarked.class));
  }

  /** The alternatives of a sealed type count with it: who knows the type knows them. */
  @Test
  void few_top_level_types_are_for_users() {
    assertThat(open().filter(ArchitectureTest::isForUsers).map(JavaClass::getName)).hasSizeBetween(1, 62);
  }

  @Test
  void few_types_behind_them_are_public() {
    assertThat(open().filter(type -> !isForUsers(type)).map(JavaClass::getName)).hasSizeBetween(1, 30);
  }

  /** What is not is public only since Java has no wall around several packages. */
  private static boolean isForUsers(JavaClass type) {
    API mark = type.tryGetAnnotationOfType(API.class)
        .or(() -> type.getPackage().tryGetAnnotationOfType(API.class)).orElseThrow();
    return mark.status() != API.Status.INTERNAL;
  }

  private static Stream<JavaClass> open() {
    return MAIN.stream().filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC));
  }

  @Test
  void tests_wait_for_conditions_and_never_sleep() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class)
        .orShould().callMethod(Thread.class, "sleep", long.class, int.class)
        .orShould().callMethod(Thread.class, "sleep", Duration.class)
        .orShould().callMethod(TimeUnit.class, "sleep", long.class)
        .check(TESTS);
  }

  /** The first package below the root that a class is in. */
  private static String area(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.", 2)[0];
  }
}
