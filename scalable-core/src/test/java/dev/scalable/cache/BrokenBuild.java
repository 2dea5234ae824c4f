package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The cache without one of its guards: the source as it is, but for a replacement, compiled anew. */
enum BrokenBuild {

  FILLS_WITHOUT_A_LEASE(HistoryFault.NOTHING, new Edit("Scripts",
      "if redis.call('GET',KEYS[2])~=ARGV[1] then return {0} end\n", "\n")),

  INVALIDATIONS_LEAVE_THE_LEASE(HistoryFault.NOTHING, new Edit("Scripts",
      "for i=4,#KEYS do redis.call('DEL',KEYS[i]) end", "for i=4,#KEYS,2 do redis.call('DEL',KEYS[i]) end")),

  THE_LOG_IS_READ_AND_NOT_APPLIED(HistoryFault.NOTHING, new Edit("LogReader",
      "keys.forEach(listener::invalidated);", "")),

  NEAR_BEFORE_FAR_AND_OWN_ENTRIES_SKIPPED(HistoryFault.LINKS_ARE_SLOW, new Edit("LeasedCache",
      "return invalidations.append(name, texts);\n    } finally {\n      gone.forEach(near::remove);",
      "gone.forEach(near::remove); return invalidations.append(name, texts);\n    } finally {"),
      new Edit("LogReader", "keys.forEach(listener::invalidated);",
      "if (!text(entry.fields().get(\"s\")).equals(source)) { keys.forEach(listener::invalidated); }")),

  THE_PROOF_HAS_NO_END(HistoryFault.ANSWERS_ARE_LOST, new Edit("Validity",
      "return until - now > 0;", "return true;")),

  /** As one that goes by ids alone: each of these notices by itself. */
  LOSSES_OF_THE_LOG_ARE_NOT_NOTICED(HistoryFault.THE_LOG_IS_TRIMMED,
      new Edit("LogReader", "return Resync.GAP;", ""),
      new Edit("LogReader", "return Resync.SPLIT;", "confirm(at);"),
      new Edit("LogReader", "return Resync.TRIMMED;", "confirm(at);")),

  WHAT_IS_PENDING_IS_READ_FROM_REDIS(HistoryFault.WRITES_ARE_REFUSED, new Edit("PendingInvalidations",
      "return !pending.isEmpty()\n", "return false && !pending.isEmpty()\n")),

  THE_RELAY_SENDS_NOTHING(HistoryFault.A_WRITER_IS_KILLED_AFTER_ITS_COMMIT, new Edit("Relay",
      "String epoch = writer.invalidate(cache, List.copyOf(keys));", "String epoch = invalidations.epoch();")),

  NOTHING_IS_SENT_AGAIN_AFTER_A_FAILOVER(HistoryFault.A_REPLICA_THAT_WAS_BEHIND_IS_PROMOTED, new Edit("Relay",
      "String epoch = writer.invalidate(cache, List.copyOf(keys));", "String epoch = invalidations.epoch();"));

  private static final Path SOURCES = Path.of("src", "main", "java", "dev", "scalable", "cache");

  private final HistoryFault fault;
  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Edit> edits;

  /** What one source file has once, and what stands there in its place. */
  private record Edit(String file, String from, String to) {}

  BrokenBuild(HistoryFault fault, Edit... edits) {
    this.fault = fault;
    this.edits = List.of(edits);
  }

  /** What has to happen for the guard to be missed; all that else is needed the load does. */
  HistoryFault fault() {
    return fault;
  }

  /** Compiles it, and returns what to put before the class path. */
  String compile(Path folder) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Map<Path, String> altered = new LinkedHashMap<>();
    for (Edit edit : edits) {
      Path file = sources.resolve(edit.file() + ".java");
      String source = altered.containsKey(file) ? altered.get(file) : source(edit.file());
      int found = source.split(Pattern.quote(edit.from()), -1).length - 1;
      assertThat(found).as("how often " + edit.file() + " has what " + this + " replaces: " + edit.from()).isEqualTo(1);
      altered.put(file, source.replace(edit.from(), edit.to()));
    }
    for (Map.Entry<Path, String> each : altered.entrySet()) {
      Files.writeString(each.getKey(), each.getValue());
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter told = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled = compiler.getTask(told, files, null, List.of("-proc:none", "-implicit:none", "-nowarn", "-d",
          classes.toString(), "-cp", System.getProperty("java.class.path")), null,
          files.getJavaFileObjectsFromPaths(altered.keySet())).call();
      assertThat(compiled).as(told.toString()).isTrue();
    }
    return classes + File.pathSeparator;
  }

  private static String source(String name) throws IOException {
    Path file = Stream.of(SOURCES, Path.of("scalable-core").resolve(SOURCES))
        .map(folder -> folder.resolve(name + ".java")).filter(Files::exists).findFirst().orElseThrow();
    return Files.readString(file);
  }
}
