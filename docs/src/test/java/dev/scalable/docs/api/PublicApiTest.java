package dev.scalable.docs.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What is public is decided in a review: it stands in a file for each module, and changes only together with it. With
 * {@code -Dscalable.api=write} the files are written and not compared.
 */
class PublicApiTest {

  static final List<String> MODULES = Sources.MODULES;

  private static final String REWRITE = "mvn -pl docs -am test -Dtest=PublicApiTest"
      + " -Dsurefire.failIfNoSpecifiedTests=false -Dscalable.api=write";

  @ParameterizedTest
  @FieldSource("MODULES")
  void what_a_module_shows_is_what_was_agreed_on(String module) throws IOException {
    Path file = Sources.ROOT.resolve("docs/reference/public-api/" + module + ".txt");
    String now = text(module);
    if ("write".equals(System.getProperty("scalable.api"))) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, now);
    }
    String agreed = Files.exists(file) ? Files.readString(file) : "";
    if (!now.equals(agreed)) {
      throw new AssertionError("The public API of " + module + " is not what " + Sources.ROOT.relativize(file)
          + " says:\n" + difference(agreed, now) + "If this is meant, say in docs/CHANGELOG.md what users have to change,"
          + " and write the file anew:\n  " + REWRITE);
    }
  }

  @Test
  void every_public_type_says_how_stable_it_is() {
    assertThat(Sources.publicTypes()).filteredOn(type -> type.stability().isEmpty()).map(PublicType::qualifiedName)
        .as("types without @API of their own or of their package; docs/reference/stability.md says which there are")
        .isEmpty();
  }

  @Test
  void nothing_that_users_call_names_a_type_that_is_internal() {
    String names = Sources.publicTypes().stream().filter(PublicType::internal).map(type -> Pattern.quote(type.name()))
        .collect(Collectors.joining("|"));
    Pattern internal = Pattern.compile("(?<![\\w.])(" + names + ")(?![\\w.])");
    assertThat(Sources.publicTypes().stream().filter(type -> !type.internal())
        .flatMap(type -> type.members().stream().map(member -> type.qualifiedName() + ": " + member.signature())))
        .filteredOn(line -> internal.matcher(line.substring(line.indexOf(':'))).find()).isEmpty();
  }

  @Test
  void the_page_on_stability_has_every_package_and_every_exception() throws IOException {
    Map<String, List<PublicType>> byPackage = Sources.publicTypes().stream()
        .collect(Collectors.groupingBy(PublicType::packageName, TreeMap::new, Collectors.toList()));
    List<String> rows = byPackage.entrySet().stream().map(each -> row(each.getKey(), each.getValue())).toList();
    List<String> onThePage = Files.readAllLines(Sources.ROOT.resolve("docs/reference/stability.md")).stream()
        .filter(line -> line.startsWith("| `dev.scalable")).toList();
    assertThat(rows).filteredOn(row -> !onThePage.contains(row)).as("not on the page").isEmpty();
    assertThat(onThePage).filteredOn(row -> !rows.contains(row)).as("on the page alone").isEmpty();
  }

  /** What japicmp is told not to look at; of single members the marks say it, and a comparison would. */
  @ParameterizedTest
  @FieldSource("MODULES")
  void releases_are_compared_in_all_that_is_not_internal(String module) throws IOException {
    List<String> excluded = Pattern.compile("<exclude>(dev\\.scalable[^<#]*)</exclude>")
        .matcher(Files.readString(Sources.ROOT.resolve(module).resolve("pom.xml"))).results().map(each -> each.group(1))
        .toList();
    assertThat(internal(module)).filteredOn(name -> !excluded.contains(name)).as("internal, and compared").isEmpty();
    // What is to break is excluded for a while, too; what is maintained, member by member and not as a whole.
    assertThat(Sources.publicTypes(module)).filteredOn(type -> type.stability().equals(Optional.of(API.Status.MAINTAINED)))
        .map(PublicType::qualifiedName).filteredOn(excluded::contains).as("maintained, and not compared").isEmpty();
  }

  /** Packages with nothing else, and else the types. */
  private static List<String> internal(String module) {
    Map<String, List<PublicType>> byPackage = Sources.publicTypes(module).stream().filter(type -> !type.isNested())
        .collect(Collectors.groupingBy(PublicType::packageName));
    return byPackage.entrySet().stream().flatMap(each -> each.getValue().stream().allMatch(PublicType::internal)
        ? Stream.of(each.getKey())
        : each.getValue().stream().filter(PublicType::internal).map(PublicType::qualifiedName)).toList();
  }

  private static String row(String packageName, List<PublicType> types) {
    Optional<API.Status> ofPackage = types.getFirst().ofPackage();
    String others = types.stream().filter(type -> !type.isNested() && !type.stability().equals(ofPackage))
        .map(type -> "`" + type.name() + "` " + text(type.stability())).collect(Collectors.joining(", "));
    return "| `" + packageName + "` | " + text(ofPackage) + " | " + others + " |";
  }

  private static String text(Optional<API.Status> mark) {
    return mark.map(Enum::name).orElse("unmarked").toLowerCase(Locale.ROOT);
  }

  /** Of what is internal, the names alone: its members are nobody's to call. */
  private static String text(String module) {
    StringBuilder all = new StringBuilder("# What ").append(module).append(" shows to its users, and how stable it is.")
        .append(" Written by PublicApiTest; docs/reference/stability.md explains it.\n");
    for (PublicType type : Sources.publicTypes(module)) {
      // What an internal type extends may be of a library that only others have here.
      String declaration = type.internal() ? type.declaration().replaceAll(" of .*", "") : type.declaration();
      all.append('\n').append(text(type.stability())).append(' ').append(declaration).append('\n');
      if (!type.internal()) {
        type.members().forEach(member -> all.append("  ").append(member.signature()).append('\n'));
      }
    }
    return all.toString();
  }

  private static String difference(String agreed, String now) {
    Set<String> gone = lines(agreed);
    Set<String> added = lines(now);
    Set<String> kept = new LinkedHashSet<>(gone);
    kept.retainAll(added);
    gone.removeAll(kept);
    added.removeAll(kept);
    List<String> all = new ArrayList<>();
    gone.forEach(line -> all.add("  - " + line));
    added.forEach(line -> all.add("  + " + line));
    return String.join("\n", all) + "\n";
  }

  /** Each with the name of its type, without which a method means nothing. */
  private static Set<String> lines(String text) {
    Set<String> all = new LinkedHashSet<>();
    String type = "";
    for (String line : text.lines().filter(each -> !each.isEmpty()).toList()) {
      if (line.startsWith("  ")) {
        all.add(type + ": " + line.strip());
      } else {
        type = line.replaceAll("<.*| of .*", "").replaceAll(".* ", "");
        all.add(line);
      }
    }
    return all;
  }
}
