package dev.scalable.deploy.relations;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What an Nginx template and a site of it say.
 *
 * @param files all directives that are read for this site, a line each, without comments
 */
record Front(List<String> files) {

  private static final Pattern TIME = Pattern.compile("(\\d+)(ms|s|m)?");
  private static final Pattern SERVER = Pattern.compile("server (\\S+)( .*)?;");

  /** The template in {@code nginx}, with the files of {@code sites} in the place of the example's of the same names; the last wins. */
  static Front read(Path nginx, Path... sites) throws IOException {
    List<Path> read = new ArrayList<>(List.of(nginx.resolve("nginx.conf")));
    read.addAll(list(nginx.resolve("parts")));
    for (Path example : list(nginx.resolve("site"))) {
      Path chosen = example;
      for (Path site : sites) {
        Path own = site.resolve(example.getFileName());
        chosen = Files.exists(own) ? own : chosen;
      }
      read.add(chosen);
    }
    List<String> lines = new ArrayList<>();
    for (Path file : read) {
      Files.readAllLines(file).stream().map(line -> line.replaceFirst("(^|\\s)#.*", "").strip())
          .filter(line -> !line.isEmpty()).map(line -> file.getFileName() + ": " + line).forEach(lines::add);
    }
    return new Front(lines);
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.toString().endsWith(".conf")).sorted().toList();
    }
  }

  /** The values of a directive, as often as it is there, in the files of that name. */
  List<String> all(String file, String directive) {
    String before = file + ": " + directive + " ";
    return files.stream().filter(line -> line.startsWith(before))
        .map(line -> line.substring(before.length()).replaceFirst(";.*", "").strip()).toList();
  }

  /** The only value of a directive. */
  String one(String file, String directive) {
    List<String> all = all(file, directive);
    if (all.size() != 1) {
      throw new IllegalArgumentException(file + " has " + directive + " " + all.size() + " times: " + all);
    }
    return all.getFirst();
  }

  /** A time. */
  Duration time(String file, String directive) {
    Matcher time = TIME.matcher(one(file, directive));
    if (!time.matches()) {
      throw new IllegalArgumentException(file + ": " + directive + " is no time: " + one(file, directive));
    }
    long count = Long.parseLong(time.group(1));
    return "ms".equals(time.group(2)) ? Duration.ofMillis(count)
        : "m".equals(time.group(2)) ? Duration.ofMinutes(count) : Duration.ofSeconds(count);
  }

  /** The servers of the group, as they are written. */
  List<String> servers() {
    return all("upstream.conf", "server").stream().map(server -> "server " + server + ";").toList();
  }

  /** Their addresses. */
  List<String> slots() {
    return servers().stream().map(SERVER::matcher).filter(Matcher::matches).map(server -> server.group(1)).toList();
  }
}
