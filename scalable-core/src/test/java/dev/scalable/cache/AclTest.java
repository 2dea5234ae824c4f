package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.redis.OwnRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user of a real Redis who has the rights that docs/how-to/connect-to-redis.md tells to give, and no other. */
class AclTest {

  private static final Path PAGE = Stream.of("../docs", "docs")
      .map(docs -> Path.of(docs, "how-to", "connect-to-redis.md").toAbsolutePath().normalize())
      .filter(path -> path.toFile().isFile()).findFirst().orElseThrow();

  /** What is counted as called here, and not by a cache: by this test, by signing on, or by the server itself. */
  private static final Set<String> NOT_BY_CACHES = Set.of("acl", "info", "hello", "auth", "ping", "client", "command");

  @TempDir
  private Path folder;

  private OwnRedis redis;

  @BeforeEach
  void start() throws Exception {
    redis = OwnRedis.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    redis.close();
  }

  /** The words of the page's line that gives the rights. */
  private static List<String> onThePage() throws IOException {
    return Files.readAllLines(PAGE).stream().map(String::strip)
        .filter(line -> line.startsWith("ACL SETUSER app ")).findFirst()
        .map(line -> List.of(line.split(" +"))).orElseThrow();
  }

  private static Set<String> commands(List<String> rights) {
    return rights.stream().filter(word -> word.startsWith("+")).map(word -> word.substring(1))
        .filter(name -> !NOT_BY_CACHES.contains(name.replaceAll("\\|.*", "")))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> called() {
    Set<String> called = new TreeSet<>();
    Matcher line = Pattern.compile("cmdstat_([a-z|]+):").matcher(redis.execute("INFO", "commandstats"));
    while (line.find()) {
      if (!NOT_BY_CACHES.contains(line.group(1).replaceAll("\\|.*", ""))) {
        called.add(line.group(1));
      }
    }
    return called;
  }

  @Test
  void caches_need_the_rights_that_the_page_tells_and_no_other() throws Exception {
    List<String> rights = onThePage();
    redis.execute(rights.toArray(String[]::new));
    // Whoever does not sign on may nothing.
    redis.execute("ACL", "SETUSER", "default", "-@all", "+acl", "+info", "+ping", "+client", "+hello");
    String password = rights.stream().filter(word -> word.startsWith(">")).findFirst().orElseThrow().substring(1);
    try (TwoInstances caches = new TwoInstances("redis://app:" + password + "@" + redis.address(), "app")) {
      caches.awaitHealed();
      caches.aWriteIsSeen(1);
      redis.execute("ACL", "LOG", "RESET");
      caches.aWriteIsSeen(2);
      assertThat(caches.second.getAll(List.of(3L, 4L))).as("keys that are in no tier and in no source").isEmpty();
      assertThat(redis.execute("ACL", "LOG")).as("what was refused").isEqualTo("[]");
    }
    assertThat(called()).isEqualTo(commands(rights));
  }
}
