package dev.scalable.deploy.docker;

import dev.scalable.starter.Main;
import dev.scalable.starter.Migrate;
import dev.scalable.testkit.cluster.AppSpec;
import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.cluster.Cluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What one instance's start costs, from the start of the process to its first 200 of {@code /health/ready}, and its
 * memory when it has been idle for a while: as any JVM starts it, with the image's options, and with its cache. In turns.
 */
class StartBench {

  private static final int ROUNDS = Integer.getInteger("start.rounds", 9);
  private static final int IDLE_SECONDS = Integer.getInteger("start.idle", 3);

  private record Seen(List<Double> seconds, List<Double> processor, List<Double> mib) {}

  @Test
  @SuppressWarnings("SystemOut") // that is what it is for
  void start(@TempDir Path folder) throws Exception {
    Packaged packaged = Packaged.in(folder);
    try (Cluster cluster = Cluster.builder().app(AppSpec.mainClass(Main.class).migrate(Migrate.class.getName())
        .env("STARTER_SAMPLE_PRODUCTS", "10")).backend(Backend.LOCAL).instances(1).start()) {
      packaged.train(cluster);
      cluster.instance(1).kill();
      String jdk = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      Map<String, List<String>> commands = new LinkedHashMap<>();
      commands.put("plain", List.of(jdk, "-jar", packaged.command().getLast()));
      commands.put("image's options", packaged.command());
      commands.put("and its cache", packaged.commandWithCache());
      Map<String, Seen> seen = new LinkedHashMap<>();
      for (int round = 0; round <= ROUNDS; round++) {
        for (Map.Entry<String, List<String>> command : commands.entrySet()) {
          Path log = folder.resolve("bench.log");
          try (Boot boot = Boot.of(command.getValue(), Packaged.environment(cluster), log)) {
            // An idle instance is measured by doing nothing.
            boot.process().waitFor(IDLE_SECONDS, TimeUnit.SECONDS);
            if (round > 0) {
              Seen all = seen.computeIfAbsent(command.getKey(),
                  name -> new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
              all.seconds().add(boot.ready().toMillis() / 1e3);
              all.processor().add(boot.cpu().toMillis() / 1e3);
              all.mib().add((double) boot.residentMib());
            }
            boot.end();
          }
        }
      }
      System.out.printf("%n%d starts each, in turns; median (least to most)%n%-18s %-24s %-24s %s%n", ROUNDS, "",
          "s to ready", "s of processor", "MiB resident, idle");
      seen.forEach((name, all) -> System.out.printf("%-18s %-24s %-24s %s%n", name, told(all.seconds(), "%.2f"),
          told(all.processor(), "%.2f"), told(all.mib(), "%.0f")));
    }
  }

  private static String told(List<Double> values, String format) {
    List<Double> sorted = values.stream().sorted().toList();
    return String.format(format + " (" + format + " to " + format + ")", sorted.get(sorted.size() / 2), sorted.getFirst(),
        sorted.getLast());
  }
}
