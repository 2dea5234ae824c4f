package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import dev.scalable.http.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The page on HTTP has every problem that the library answers a client with, in its words. They are found where the
 * sources make one; what changes from one request to the next is "…" there and on the page.
 */
class HttpReferenceTest {

  private static final Path PAGE = Path.of("reference", "http.md");
  private static final Path SOURCES = Path.of("..", "scalable-core", "src", "main", "java");
  private static final Pattern ROW = Pattern.compile("^\\| (4\\d\\d|5\\d\\d) \\| ([^|]*) \\|", Pattern.MULTILINE);

  /** The ways to make one that say its status by their name. */
  private static final Map<String, Function<String, Problem>> NAMED = Map.of("badRequest", Problem::badRequest,
      "notFound", Problem::notFound, "conflict", Problem::conflict, "unavailable", Problem::unavailable);

  @Test
  void every_problem_stands_on_the_page_in_its_words() throws IOException {
    Set<String> onThePage = new TreeSet<>();
    ROW.matcher(Files.readString(PAGE)).results().forEach(row -> onThePage.add(row.group(1) + " " + row.group(2)));
    Set<String> inTheSources = inTheSources();
    assertThat(inTheSources).hasSizeGreaterThan(30);
    assertThat(inTheSources).filteredOn(problem -> !onThePage.contains(problem)).as("not on the page").isEmpty();
    assertThat(onThePage).filteredOn(problem -> !inTheSources.contains(problem)).as("on the page alone").isEmpty();
  }

  @Test
  void every_type_of_problem_that_programs_can_go_by_stands_on_the_page() throws IOException {
    Set<String> types = new TreeSet<>();
    for (Path source : sources()) {
      Pattern.compile("\"(urn:scalable:[^\"]*)\"").matcher(Files.readString(source)).results()
          .forEach(found -> types.add(found.group(1)));
    }
    assertThat(types).isNotEmpty();
    assertThat(PAGE).content().contains(types);
  }

  /** Without the class of problems itself, which makes one of what it was given. */
  private static List<Path> sources() throws IOException {
    try (Stream<Path> all = Files.walk(SOURCES)) {
      return all.filter(file -> file.toString().endsWith(".java") && !file.endsWith("Problem.java")).toList();
    }
  }

  private static Set<String> inTheSources() throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task = (JavacTask) javac.getTask(null, files, null, null, null,
          files.getJavaFileObjectsFromPaths(sources()));
      Set<String> found = new TreeSet<>();
      for (CompilationUnitTree source : task.parse()) {
        source.accept(new Made(), found);
      }
      return found;
    }
  }

  /** Notes each call that makes a problem. */
  private static final class Made extends TreeScanner<@Nullable Void, Set<String>> {

    @Override
    public @Nullable Void visitMethodInvocation(MethodInvocationTree call, Set<String> found) {
      if (call.getMethodSelect() instanceof MemberSelectTree method
          && method.getExpression() instanceof IdentifierTree type && type.getName().contentEquals("Problem")) {
        String name = method.getIdentifier().toString();
        String status = name.equals("of") ? call.getArguments().getFirst().toString()
            : String.valueOf(named(name).status());
        found.add(status + " " + words(call.getArguments().getLast()).replaceAll("…+", "…"));
      }
      return super.visitMethodInvocation(call, found);
    }

    private static Problem named(String name) {
      Function<String, Problem> way = NAMED.get(name);
      if (way == null) {
        throw new AssertionError("Problem." + name + " is a way to make a problem that this test does not know");
      }
      return way.apply("");
    }

    private static String words(ExpressionTree text) {
      if (text instanceof BinaryTree sum) {
        return words(sum.getLeftOperand()) + words(sum.getRightOperand());
      }
      if (text instanceof ParenthesizedTree within) {
        return words(within.getExpression());
      }
      return text instanceof LiteralTree literal ? String.valueOf(literal.getValue()) : "…";
    }
  }
}
