package dev.scalable.starter;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.ids;
import static dev.scalable.testkit.load.Load.rate;
import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./run --dev} does, on a copy of the sources: the cluster follows them, and goes on answering. */
class DevLoopIT {

  private static final String OLD = "\"no-store\"";
  private static final String NEW = "\"no-cache\"";

  @TempDir
  private Path main;

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

  @Test
  void what_is_saved_is_answered_what_is_broken_is_told_and_no_request_is_lost_meanwhile() throws Exception {
    copy(Generation.home(DevLoopIT.class).resolve("../../src/main").normalize());
    try (DevLoop loop = DevLoop.of(main, said::add);
        Cluster cluster = Cluster.builder().instances(2)
            .app(loop.runs(AppSpec.mainClass(Main.class).migrate(Migrate.class.getName())
                .env("STARTER_SAMPLE_PRODUCTS", "10")))
            .start()) {
      loop.follow(cluster);

      LoadResult load = cluster.load().get("/products/{id}", ids(10)).open(rate(30).perSecond().during(ofSeconds(3)))
          .whileRunning(() -> edit(cluster)).run();

      assertThat(load).lostNothing();
    }
  }

  private void edit(Cluster cluster) throws Exception {
    Path handler = main.resolve("java/dev/scalable/starter/page/PageModule.java");
    Path web = main.resolve("resources/web");
    String source = Files.readString(handler);
    List<Long> processes = processes(cluster);

    saveByRename(handler, source.replace(OLD, "nothing"));
    int line = (int) source.substring(0, source.indexOf(OLD)).lines().count();
    assertThat(await("PageModule.java:")).contains("PageModule.java:" + line + ": error: cannot find symbol")
        .contains("Nothing was restarted");
    assertThat(processes(cluster)).isEqualTo(processes);
    assertThat(answers(cluster, "/status")).containsOnly("no-store");

    saveByRename(handler, source.replace("int controlPort =", "int controlPort = 1 / (settings == null ? 1 : 0) +"));
    await("ArithmeticException");
    await("The instances run what they ran before");
    assertThat(processes(cluster).get(1)).as("the second one was not touched").isEqualTo(processes.get(1));
    assertThat(answers(cluster, "/status")).containsOnly("no-store");

    Files.writeString(main.resolve("resources/db/migration/V1000__added.sql"), "create table added (id bigint)");
    Files.writeString(web.resolve("added.txt"), "added");
    Files.delete(web.resolve("icon.svg"));
    saveByRename(handler, source.replace(OLD, NEW));
    await("all instances run it");
    assertThat(answers(cluster, "/status")).containsOnly("no-cache");
    assertThat(statuses(cluster, "/added.txt")).containsOnly(200);
    assertThat(statuses(cluster, "/icon.svg")).as("what was deleted is gone").containsOnly(404);
    try (Connection connection = cluster.postgres().dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select id from added");
    }
  }

  private void copy(Path from) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = main.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  /** As many editors do. */
  private static void saveByRename(Path file, String content) throws IOException {
    Path beside = Files.writeString(file.resolveSibling("." + file.getFileName() + ".swp"), content);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The next line that has this in it. */
  private String await(String part) throws InterruptedException {
    while (true) {
      String line = said.poll(100, SECONDS);
      assertThat(line).as("the line with \"" + part + "\"").isNotNull();
      System.out.println(line);
      if (line.contains(part)) {
        return line;
      }
      assertThat(line).doesNotContain("error:").doesNotContain("Not all instances");
    }
  }

  private static List<Long> processes(Cluster cluster) {
    return cluster.instances().stream().map(Instance::pid).toList();
  }

  private static List<String> answers(Cluster cluster, String path) {
    return ask(cluster, path).stream().map(answer -> answer.header("Cache-Control").orElse("")).toList();
  }

  private static List<Integer> statuses(Cluster cluster, String path) {
    return ask(cluster, path).stream().map(Answer::status).toList();
  }

  /** Through Nginx, which shares requests between the instances. */
  private static List<Answer> ask(Cluster cluster, String path) {
    try (Client client = Client.open(cluster.uri())) {
      return Stream.generate(() -> client.send(Call.get(path))).limit(8).toList();
    }
  }
}
