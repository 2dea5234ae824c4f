package dev.scalable.benchmarks.figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Raw data of a run as text: facts as {@code # name: value}, and one line of comma-separated values for each window.
 * Each line is in the file as soon as it is known, so a run that breaks off leaves what it saw. For one thread.
 */
public final class RawFile {

  private static final String HEAD = "begun,stack,endpoint,model,round,rate,requests,failed,dropped,seconds,app_cpu_ms,"
      + "nginx_cpu_ms,postgres_cpu_ms,redis_cpu_ms,generator_cpu_ms,p50_ms,p90_ms,p99_ms,p999_ms,remark";
  private static final int COLUMNS = HEAD.split(",", -1).length;
  private static final String FACT = "# ";

  private final Path file;

  private RawFile(Path file) {
    this.file = file;
  }

  /** Begins one, in place of any that was there, with what is known before the first window. */
  public static RawFile begin(Path file, Map<String, String> facts) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.deleteIfExists(file);
    RawFile raw = new RawFile(file);
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      raw.add(fact.getKey(), fact.getValue());
    }
    raw.line(HEAD);
    return raw;
  }

  /** Adds something that is known now. */
  public void add(String name, String value) throws IOException {
    line(FACT + name + ": " + value.replaceAll("\\s+", " ").strip());
  }

  /** Adds a window. */
  public void add(Window window) throws IOException {
    Cpu cpu = window.cpu();
    Times times = window.times();
    line(String.format(Locale.ROOT, "%s,%s,%s,%s,%d,%s,%d,%d,%d,%.4f,%.1f,%.1f,%.1f,%.1f,%.1f,%s,%s,%s,%s,\"%s\"",
        window.begun().truncatedTo(ChronoUnit.MILLIS), window.stack(), window.endpoint(),
        window.open() ? "open" : "closed", window.round(), window.open() ? number(window.rate()) : "",
        window.requests(), window.failed(), window.dropped(), window.seconds(), cpu.app(), cpu.nginx(), cpu.postgres(),
        cpu.redis(), cpu.generator(), number(times.p50()), number(times.p90()), number(times.p99()),
        number(times.p999()), window.remark().replace('"', '\'').replaceAll("\\s+", " ")));
  }

  /** What is in it by now. */
  public Run read() throws IOException {
    return read(file);
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if a line is not as this class writes it; says which
   */
  public static Run read(Path file) throws IOException {
    Map<String, String> facts = new LinkedHashMap<>();
    List<Window> windows = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      try {
        if (line.startsWith(FACT)) {
          int colon = line.indexOf(": ");
          facts.put(line.substring(FACT.length(), colon), line.substring(colon + 2));
        } else if (!line.equals(HEAD)) {
          windows.add(window(line.split(",", COLUMNS)));
        }
      } catch (RuntimeException e) {
        throw new IllegalArgumentException(
            "line " + number + " of " + file + " is neither a fact nor the values " + HEAD + ": " + line, e);
      }
    }
    return new Run(facts, windows);
  }

  private static Window window(String[] values) {
    return new Window(Instant.parse(values[0]), values[1], Endpoint.titled(values[2]), Integer.parseInt(values[4]),
        values[3].equals("open") ? number(values[5]) : 0, Integer.parseInt(values[6]), Integer.parseInt(values[7]),
        Integer.parseInt(values[8]), number(values[9]),
        new Cpu(number(values[10]), number(values[11]), number(values[12]), number(values[13]), number(values[14])),
        new Times(number(values[15]), number(values[16]), number(values[17]), number(values[18])),
        values[19].substring(1, values[19].length() - 1));
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static double number(String value) {
    return value.isEmpty() ? Double.NaN : Double.parseDouble(value);
  }

  private void line(String line) throws IOException {
    Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
