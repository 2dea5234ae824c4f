package dev.scalable;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.Configuration.consideringOnlyDependenciesInDiagram;
import static com.tngtech.archunit.library.plantuml.rules.PlantUmlArchCondition.adhereToPlantUmlDiagram;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shape of the library, as docs/explanation/architecture.puml and design decisions say it. */
class ArchitectureTest {

  private static final String ROOT = "dev.scalable";

  /** The diagram's folder is found from the module's folder, where the build runs tests, and from the repository's. */
  private static final Path DIAGRAM = Stream.of("../docs", "docs")
      .map(docs -> Path.of(docs, "explanation", "architecture.puml").toAbsolutePath().normalize())
      .filter(path -> path.toFile().isFile()).findFirst().orElseThrow();

  /** Most public top-level types of a package; what is not named here may have 3. */
  private static final Map<String, Integer> CEILINGS = Map.of("http", 20, "cache", 12, "db", 8, "server", 5);

  private static final JavaClasses MAIN = only(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS);
  private static final JavaClasses TESTS = only(ImportOption.Predefined.ONLY_INCLUDE_TESTS);

  private static JavaClasses only(ImportOption which) {
    return new ClassFileImporter().withImportOption(which)
        .withImportOption(location -> !location.contains("/testkit/"))
        .importPackages(ROOT);
  }

  @Test
  void enough_classes_are_seen_for_the_rules_to_mean_anything() {
    assertThat(MAIN).hasSizeGreaterThan(80);
    assertThat(TESTS).hasSizeGreaterThan(15);
    assertThat(MAIN).extracting(ArchitectureTest::area).contains("", "http", "server", "redis", "cache", "db", "json",
        "health", "lifecycle", "config", "telemetry", "auth", "jwt", "browser", "ratelimit", "idempotency", "openapi", "schema", "check");
  }

  @Test
  void packages_call_only_those_that_the_diagram_has_an_arrow_for() {
    classes().should(adhereToPlantUmlDiagram(DIAGRAM, consideringOnlyDependenciesInDiagram())).check(MAIN);
  }

  @Test
  void every_package_stands_in_the_diagram() {
    // A class without a component in the diagram would be judged by nobody: ArchUnit refuses one.
    Set<String> packages = MAIN.stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
    assertThat(DIAGRAM).content().satisfies(text ->
        assertThat(packages).allSatisfy(name -> assertThat(text).contains("<<" + name + ">>")));
  }

  @Test
  void no_packages_call_each_other_in_a_circle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @ParameterizedTest
  @CsvSource({
      "server, io.undertow..",
      "server, org.xnio..",
      "redis, redis.clients..",
      "jwt, com.nimbusds..",
      "cache, com.github.benmanes..",
      "db, com.zaxxer..",
      "db, org.postgresql..",
      "telemetry, io.micrometer..",
      "telemetry, io.prometheus..",
      "json, tools.jackson..",
      "json, com.fasterxml..",
      "check, dagger.spi..",
      "check, com.google.."})
  void a_vendor_is_known_to_one_package_alone(String area, String vendor) {
    noClasses().that().resideOutsideOfPackage(ROOT + "." + area)
        .should().dependOnClassesThat().resideInAPackage(vendor).check(MAIN);
  }

  @Test
  void sql_is_written_only_where_tables_are_kept() {
    noClasses().that().resideOutsideOfPackages(ROOT + ".db", ROOT + ".idempotency", ROOT + ".schema", ROOT + ".cache")
        .should().dependOnClassesThat().resideInAPackage("org.jdbi..").check(MAIN);
  }

  @Test
  void no_vendor_type_but_the_handle_of_jdbi_is_in_a_public_signature() {
    Set<String> vendors = MAIN.stream().filter(type -> isOpen(type) && !isGenerated(type))
        // Called by Dagger's compiler alone, in its own types.
        .filter(type -> !type.isAssignableTo("dagger.spi.model.BindingGraphPlugin"))
        .flatMap(type -> type.getMethods().stream())
        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC)
            || method.getModifiers().contains(JavaModifier.PROTECTED))
        .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
        .flatMap(ArchitectureTest::signature)
        .filter(type -> !type.isPrimitive())
        .filter(describe("of a vendor", type -> resideOutsideOfPackage("java..").test(type)
            && !type.getPackageName().startsWith(ROOT)))
        .map(JavaClass::getName)
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(vendors).isSubsetOf("org.jdbi.v3.core.Handle");
  }

  private static Stream<JavaClass> signature(JavaMethod method) {
    return Stream.of(method.getReturnType().getAllInvolvedRawTypes(),
            method.getParameterTypes().stream().flatMap(type -> type.getAllInvolvedRawTypes().stream()).toList(),
            method.getExceptionTypes())
        .flatMap(types -> types.stream()).map(JavaClass::getBaseComponentType);
  }

  @Test
  void every_package_says_what_may_be_null() {
    List<JavaPackage> packages = MAIN.stream().map(JavaClass::getPackage).distinct().toList();
    assertThat(packages).allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
  }

  @Test
  void few_types_are_public() {
    Map<String, Set<String>> open = new TreeMap<>();
    MAIN.stream().filter(type -> type.isTopLevelClass() && isOpen(type) && !isGenerated(type))
        .forEach(type -> open.computeIfAbsent(area(type), area -> new TreeSet<>()).add(type.getSimpleName()));
    assertThat(open).allSatisfy((area, types) ->
        assertThat(types).as(area).hasSizeBetween(1, CEILINGS.getOrDefault(area, 3)));
  }

  /** Case 20 of the twenty: who steps the clock of a host changes nothing about what caches there serve. */
  @Test
  void caches_read_no_clock_that_can_be_stepped() {
    noClasses().that().resideInAPackage(ROOT + ".cache..")
        .should().callMethod(System.class, "currentTimeMillis")
        .orShould().dependOnClassesThat().haveNameMatching(
            "java\\.time\\.(Clock|Instant|InstantSource|LocalDate.*|OffsetDateTime|ZonedDateTime)"
                + "|java\\.util\\.(Date|Calendar)|java\\.sql\\.(Date|Time|Timestamp)")
        .check(MAIN);
  }

  @Test
  void no_package_is_a_drawer_for_what_has_no_place() {
    assertThat(MAIN).allSatisfy(type -> assertThat(type.getPackageName().split("\\."))
        .doesNotContain("util", "utils", "common", "manager", "helper", "helpers", "impl", "internal"));
  }

  @Test
  void tests_wait_for_conditions_and_never_sleep() {
    noClasses().should().callMethod(Thread.class, "sleep", long.class)
        .orShould().callMethod(Thread.class, "sleep", Duration.class)
        .orShould().callMethod(TimeUnit.class, "sleep", long.class)
        .check(TESTS);
  }

  private static boolean isOpen(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(ArchitectureTest::isOpen).orElse(true);
  }

  private static boolean isGenerated(JavaClass type) {
    return type.isAnnotatedWith("dagger.internal.DaggerGenerated");
  }

  /** The first package below the root that a class is in; empty for the root itself. */
  private static String area(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(ROOT) ? "" : name.substring(ROOT.length() + 1).split("\\.", 2)[0];
  }
}
