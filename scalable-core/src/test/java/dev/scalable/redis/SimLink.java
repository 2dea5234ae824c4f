package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.simulation.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an instance of the simulation has of Redis: the network to whichever server it takes for the primary, behind the
 * breaker of the real link. Whatever can happen to bytes on their way happens here: what is sent is lost or comes late,
 * when nobody waits for it any more, and so is what is answered.
 */
public final class SimLink implements Redis {

  private static final long TIMEOUT = Duration.ofMillis(250).toNanos();
  /** As the real link has it. */
  private static final long LONGEST_READ = Duration.ofMillis(1_500).toNanos();

  private final String name;
  private final Timeline timeline;
  private final Breaker breaker;
  private final Faults faults;
  private Supplier<SimServer> commands;
  private Supplier<SimServer> reads;
  private @Nullable CompletableFuture<Object> reading;
  private Consumer<List<Entry>> reader = entries -> { };
  private long unanswered;
  /** The name of the entry that was read last. */
  private byte[] standing = new byte[0];
  private Object lastCheck = List.of();
  private long checkBegun = Long.MIN_VALUE;

  /** What the network does, of a thousand messages, and which lies the link tells its instance. */
  public static final class Faults {
    /** So many are lost. */
    public int lost;
    /** So many take up to half a second. */
    public int late;
    /** Nothing passes. */
    public boolean cut;
    /** What the log's reader sends arrives nowhere, and nobody tells it. */
    public boolean halfOpen;
    /** Negative control: entries of the log always seem to follow upon what was read before. */
    public boolean forgesChain;
    /** Negative control: a look at the log's head that was not answered seems to be, as the one before. */
    public boolean forgesChecks;
  }

  /** A link to a server, which may be another one each time it is asked for. */
  public SimLink(String name, Timeline timeline, Supplier<SimServer> primary, Faults faults) {
    this.name = name;
    this.timeline = timeline;
    this.commands = primary;
    this.reads = primary;
    this.faults = faults;
    this.breaker = new Breaker(() -> "Redis of the simulation", timeline::now);
  }

  /** Has commands, or the reads of the log, go elsewhere. */
  public void lead(Supplier<SimServer> toCommands, Supplier<SimServer> toReads) {
    commands = toCommands;
    reads = toReads;
    breakReads();
  }

  /** Ends the connection on which the log is read. */
  public void breakReads() {
    interruptRead();
  }

  /** Tells what is read of the log, just before its reader gets it. */
  public void observe(Consumer<List<Entry>> read) {
    reader = read;
  }

  /** How many calls got no answer. */
  public long unanswered() {
    return unanswered;
  }

  /** When the last look at the log's head that was answered began; the least number if none was. */
  public long checkBegun() {
    return checkBegun;
  }

  private long delay() {
    if (timeline.happens(faults.late)) {
      return timeline.chance().nextLong(500_000_000);
    }
    return 20_000 + timeline.chance().nextLong(timeline.happens(50) ? 20_000_000 : 400_000);
  }

  private boolean passes(SimServer server) {
    return !faults.cut && !server.isDown() && !timeline.happens(faults.lost);
  }

  private <T extends @Nullable Object> T ask(String tried, List<Function<SimServer, T>> questions,
      Function<List<T>, T> together) {
    Breaker.Pass pass = breaker.pass();
    if (pass == Breaker.Pass.NONE) {
      unanswered++;
      throw breaker.refusal(tried);
    }
    CompletableFuture<List<T>> answer = new CompletableFuture<>();
    timeline.in(delay(), () -> arrive(commands.get(), questions, new ArrayList<>(), answer));
    if (!timeline.await(answer, TIMEOUT)) {
      unanswered++;
      IllegalStateException why = new IllegalStateException("no answer in time");
      breaker.failed(pass, why);
      throw new Unavailable(tried + " got no answer from the simulation", why);
    }
    breaker.answered(pass);
    return together.apply(answer.join());
  }

  private <T extends @Nullable Object> void arrive(SimServer server, List<Function<SimServer, T>> questions,
      List<T> answers, CompletableFuture<List<T>> answer) {
    if (server.isDown() || (answers.isEmpty() && !passes(server))) {
      return;
    }
    timeline.tell(() -> name + ": " + questions.size() + " arrive");
    try {
      answers.add(questions.get(answers.size()).apply(server));
    } catch (RuntimeException e) {
      timeline.broken(e);
      return;
    }
    timeline.note(answers.size());
    if (answers.size() < questions.size()) {
      // Others may come in between.
      timeline.in(timeline.chance().nextInt(20_000), () -> arrive(server, questions, answers, answer));
    } else if (passes(server)) {
      timeline.in(delay(), () -> answer.complete(answers));
    }
  }

  private <T extends @Nullable Object> T ask(String tried, Function<SimServer, T> question) {
    return ask(tried, List.of(question), List::getFirst);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return this.<byte @Nullable []>ask("GET", server -> server.get(key));
  }

  @Override
  public List<byte @Nullable []> getAll(List<byte[]> keys) {
    return ask("MGET", server -> {
      List<byte @Nullable []> values = new ArrayList<>();
      keys.forEach(key -> values.add(server.get(key)));
      return values;
    });
  }

  @Override
  public @Nullable Object run(Script script, List<byte[]> keys, List<byte[]> args) {
    boolean check = args.isEmpty();
    long begun = timeline.now();
    try {
      Object answer = this.<@Nullable Object>ask("A script", server -> server.run(script, keys, args));
      if (check && answer != null) {
        lastCheck = answer;
        checkBegun = begun;
      }
      if (script.source().contains("XREVRANGE") && answer instanceof List<?> entered
          && entered.get(1) instanceof byte[] name) {
        standing = name;
      }
      return answer;
    } catch (Unavailable e) {
      if (check && faults.forgesChecks && checkBegun != Long.MIN_VALUE) {
        return lastCheck;
      }
      throw e;
    }
  }

  @Override
  public List<@Nullable Object> runEach(Script script, List<Run> runs) {
    List<Function<SimServer, @Nullable Object>> questions = new ArrayList<>();
    runs.forEach(run -> questions.add(server -> server.run(script, run.keys(), run.args())));
    List<@Nullable Object> results = new ArrayList<>();
    var unused = this.<@Nullable Object>ask("Scripts", questions, answers -> {
      results.addAll(answers);
      return null;
    });
    return results;
  }

  @Override
  public List<Entry> read(byte[] stream, String after, int count, Duration wait) {
    CompletableFuture<Object> read = new CompletableFuture<>();
    reading = read;
    timeline.in(delay(), () -> {
      SimServer server = reads.get();
      if (passes(server) && !faults.halfOpen) {
        look(server, read, stream, after, count, timeline.now() + wait.toNanos());
      }
    });
    if (!timeline.await(read, LONGEST_READ) || !(read.join() instanceof List<?> found)) {
      unanswered++;
      if (faults.forgesChecks) {
        return List.of();
      }
      throw new Unavailable("XREAD got no answer from the simulation", new IllegalStateException("no answer in time"));
    }
    List<Entry> entries = new ArrayList<>();
    for (Object each : found) {
      Entry entry = (Entry) each;
      entries.add(faults.forgesChain ? forged(entry) : entry);
      standing = nameOf(entry);
    }
    reader.accept(entries);
    return entries;
  }

  private void look(SimServer server, CompletableFuture<Object> read, byte[] stream, String after, int count,
      long until) {
    if (read.isDone()) {
      return;
    }
    List<Entry> found = server.after(stream, after, count);
    if (!found.isEmpty() || timeline.now() >= until) {
      if (passes(server) && !faults.halfOpen) {
        timeline.in(delay(), () -> read.complete(found));
      }
      return;
    }
    server.onAppend(() -> timeline.in(0, () -> look(server, read, stream, after, count, until)));
    timeline.in(until - timeline.now(), () -> look(server, read, stream, after, count, until));
  }

  /** As if it followed upon what was read before. */
  private Entry forged(Entry entry) {
    Map<String, byte[]> fields = new LinkedHashMap<>(entry.fields());
    fields.put("p", standing);
    return new Entry(entry.id(), fields);
  }

  private static byte[] nameOf(Entry entry) {
    return (entry.id() + "/" + new String(Objects.requireNonNull(entry.fields().get("m")), UTF_8)).getBytes(UTF_8);
  }

  @Override
  public void interruptRead() {
    CompletableFuture<Object> now = reading;
    if (now != null) {
      now.complete("interrupted");
    }
  }
}
