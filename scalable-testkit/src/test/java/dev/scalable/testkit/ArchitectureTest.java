package dev.scalable.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Who may call whom in the testkit, and how much of it is public. A new package needs a line in {@link #MAY_CALL}. */
class ArchitectureTest {
  private static final String ROOT = "dev.scalable.testkit";

  /** Package, and the packages of the testkit that it may call. */
  private static final Map<String, Set<String>> MAY_CALL = Map.ofEntries(
      Map.entry("history", Set.of()),
      Map.entry("noise", Set.of()),
      Map.entry("link", Set.of()),
      Map.entry("load", Set.of("history", "noise")),
      Map.entry("backend", Set.of()),
      Map.entry("run", Set.of("backend")),
      Map.entry("nginx", Set.of()),
      Map.entry("local", Set.of("backend", "run", "nginx")),
      Map.entry("docker", Set.of("backend", "run", "nginx")),
      Map.entry("external", Set.of("backend", "run")),
      Map.entry("cluster", Set.of("backend", "run", "nginx", "link", "load", "history", "noise")),
      Map.entry("check", Set.of("cluster", "backend", "load", "history", "noise")),
      Map.entry("report", Set.of("check", "cluster", "backend", "load", "history", "noise")),
      Map.entry("junit", Set.of("report", "check", "cluster", "backend", "load", "history", "noise")),
      Map.entry("cli", Set.of("report", "check", "cluster", "backend", "load", "history", "noise")));

  /** What users of the testkit do not import: public only since Java has no wall around several packages. */
  private static final Set<String> BEHIND = Set.of("run", "nginx", "local", "docker", "external");

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
  void packages_call_only_those_that_they_may() {
    Set<String> forbidden = MAIN.stream()
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .filter(dependency -> dependency.getTargetClass().getPackageName().startsWith(ROOT + "."))
        .filter(dependency -> !area(dependency.getOriginClass()).equals(area(dependency.getTargetClass())))
        .filter(dependency -> !MAY_CALL
            .getOrDefault(area(dependency.getOriginClass()), Set.of())
            .contains(area(dependency.getTargetClass())))
        .map(dependency -> dependency.getDescription())
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(forbidden).isEmpty();
  }

  @Test
  void every_package_is_one_that_has_a_place_in_the_order() {
    assertThat(MAIN).extracting(ArchitectureTest::area).isSubsetOf(MAY_CALL.keySet());
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
  void at_most_fifty_top_level_types_are_for_users() {
    assertThat(open().filter(type -> !BEHIND.contains(area(type))).map(JavaClass::getName)).hasSizeBetween(1, 50);
  }

  @Test
  void few_types_behind_them_are_public() {
    assertThat(open().filter(type -> BEHIND.contains(area(type))).map(JavaClass::getName)).hasSizeBetween(1, 20);
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
