package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.scalable.simulation.Timeline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server of the simulation: as much of its keyspace, streams, expiry and clock as the scripts of the cache
 * need, which it runs by {@link SimScripts}.
 */
public final class SimServer {

  /** 2026 begins. */
  private static final long BEGINNING_MILLIS = 1_767_225_600_000L;

  private final Timeline timeline;
  private final SimScripts scripts;
  private final TreeMap<String, Stored> keys = new TreeMap<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private BiConsumer<SimServer, Redis.Entry> observer = (server, entry) -> { };
  private String history;
  private long clockOffset;
  private boolean down;

  private sealed interface Stored {
    /** Bytes, and the ms when they end; 0 for never. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Text(byte[] bytes, long endsAt) implements Stored {}

    /** A stream; never changed. */
    record Stream(TreeMap<Id, Redis.Entry> entries, Id last) implements Stored {}
  }

  private record Id(long millis, long sequence) implements Comparable<Id> {
    static Id of(String text) {
      int dash = text.indexOf('-');
      return new Id(Long.parseLong(text.substring(0, dash)), Long.parseLong(text.substring(dash + 1)));
    }

    @Override
    public int compareTo(Id other) {
      return millis != other.millis ? Long.compare(millis, other.millis) : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
      return millis + "-" + sequence;
    }
  }

  /** An empty server. */
  public SimServer(Timeline timeline, SimScripts scripts) {
    this.timeline = timeline;
    this.scripts = scripts;
    this.history = newHistory();
  }

  /** A server with what another one has at this time, and a history of its own: a replica that becomes the primary. */
  public SimServer promoted() {
    SimServer copy = new SimServer(timeline, scripts);
    copy.keys.putAll(copyOf(keys));
    copy.clockOffset = clockOffset;
    copy.observer = observer;
    return copy;
  }

  private static Map<String, Stored> copyOf(Map<String, Stored> keys) {
    Map<String, Stored> copy = new HashMap<>();
    keys.forEach((key, stored) -> copy.put(key, stored instanceof Stored.Stream stream
        ? new Stored.Stream(new TreeMap<>(stream.entries()), stream.last()) : stored));
    return copy;
  }

  private String newHistory() {
    return Long.toHexString(timeline.chance().nextLong() | Long.MIN_VALUE);
  }

  /** Tells what is appended to a stream. */
  public void observe(BiConsumer<SimServer, Redis.Entry> appended) {
    observer = appended;
  }

  /** Starts again with what it has now. */
  public Runnable dump() {
    Map<String, Stored> dumped = copyOf(keys);
    return () -> {
      keys.clear();
      keys.putAll(copyOf(dumped));
      history = newHistory();
    };
  }

  public boolean isDown() {
    return down;
  }

  public void down(boolean now) {
    down = now;
  }

  /** Moves its clock. */
  public void step(long millis) {
    clockOffset += millis;
  }

  public void flushAll() {
    keys.clear();
  }

  /** Forgets some key with such a text in its name, as if there was too little memory. */
  public void evict(String text) {
    List<String> all = keys.keySet().stream().filter(key -> key.contains(text)).toList();
    if (!all.isEmpty()) {
      keys.remove(all.get(timeline.chance().nextInt(all.size())));
    }
  }

  /** Leaves so many entries in each stream. */
  public void trim(int entries) {
    keys.values().forEach(stored -> {
      if (stored instanceof Stored.Stream stream) {
        trim(stream, entries);
      }
    });
  }

  private static void trim(Stored.Stream stream, long entries) {
    while (stream.entries().size() > entries) {
      stream.entries().pollFirstEntry();
    }
  }

  /** Deletes one of the newest entries of each stream. */
  public void deleteEntry() {
    keys.values().forEach(stored -> {
      if (stored instanceof Stored.Stream stream && !stream.entries().isEmpty()) {
        List<Id> newest = List.copyOf(stream.entries().descendingKeySet());
        stream.entries().remove(newest.get(timeline.chance().nextInt(Math.min(3, newest.size()))));
      }
    });
  }

  private long micros() {
    return BEGINNING_MILLIS * 1_000 + timeline.now() / 1_000 + clockOffset * 1_000;
  }

  /** Runs a script. */
  @Nullable Object run(Redis.Script script, List<byte[]> touched, List<byte[]> args) {
    return scripts.run(this, script.source(), touched, args);
  }

  byte @Nullable [] get(byte[] key) {
    return text(name(key));
  }

  private static String name(byte[] key) {
    return new String(key, ISO_8859_1);
  }

  private byte @Nullable [] text(String key) {
    if (keys.get(key) instanceof Stored.Text text) {
      if (text.endsAt() == 0 || text.endsAt() > micros() / 1_000) {
        return text.bytes();
      }
      keys.remove(key);
    }
    return null;
  }

  /** The entries of a stream behind an id. */
  List<Redis.Entry> after(byte[] stream, String id, int count) {
    if (keys.get(name(stream)) instanceof Stored.Stream found) {
      return found.entries().tailMap(Id.of(id), false).values().stream().limit(count).toList();
    }
    return List.of();
  }

  /** Has something run when the next entry is appended, once. */
  void onAppend(Runnable action) {
    waiting.add(action);
  }

  /** Executes a command of a script: null, a Long, bytes, or a list of such. */
  @Nullable Object execute(List<byte[]> command) {
    String verb = name(command.getFirst());
    return switch (verb) {
      case "GET" -> get(command.get(1));
      case "SET" -> set(command);
      case "DEL" -> delete(command);
      case "TIME" -> List.of(bytes(Long.toString(micros() / 1_000_000)), bytes(Long.toString(micros() % 1_000_000)));
      case "INFO" -> bytes("role:master\r\nmaster_replid:" + history + "\r\nmaster_replid2:0\r\n");
      case "XADD" -> append(command);
      case "XREVRANGE" -> newest(command);
      default -> throw new IllegalArgumentException("The simulation does not know the command " + verb);
    };
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private byte @Nullable [] set(List<byte[]> command) {
    String key = name(command.get(1));
    long endsAt = 0;
    for (int i = 3; i < command.size(); i++) {
      switch (name(command.get(i))) {
        case "NX" -> {
          if (text(key) != null) {
            return null;
          }
        }
        case "PX" -> endsAt = micros() / 1_000 + Long.parseLong(name(command.get(++i)));
        default -> throw new IllegalArgumentException("SET with " + name(command.get(i)));
      }
    }
    keys.put(key, new Stored.Text(command.get(2), endsAt));
    return bytes("OK");
  }

  private Long delete(List<byte[]> command) {
    long deleted = 0;
    for (byte[] key : command.subList(1, command.size())) {
      deleted += keys.remove(name(key)) == null ? 0 : 1;
    }
    return deleted;
  }

  /** XADD key MAXLEN ~ n * field value ... */
  private byte[] append(List<byte[]> command) {
    Stored.Stream before = keys.get(name(command.get(1))) instanceof Stored.Stream there ? there
        : new Stored.Stream(new TreeMap<>(), new Id(0, 0));
    long now = micros() / 1_000;
    Id id = now > before.last().millis() ? new Id(now, 0)
        : new Id(before.last().millis(), before.last().sequence() + 1);
    Map<String, byte[]> fields = new LinkedHashMap<>();
    for (int i = 6; i < command.size(); i += 2) {
      fields.put(name(command.get(i)), command.get(i + 1));
    }
    Redis.Entry entry = new Redis.Entry(id.toString(), fields);
    before.entries().put(id, entry);
    trim(before, Long.parseLong(name(command.get(4))));
    keys.put(name(command.get(1)), new Stored.Stream(before.entries(), id));
    observer.accept(this, entry);
    List<Runnable> told = List.copyOf(waiting);
    waiting.clear();
    told.forEach(Runnable::run);
    return bytes(id.toString());
  }

  private List<Object> newest(List<byte[]> command) {
    List<Object> found = new ArrayList<>();
    if (keys.get(name(command.get(1))) instanceof Stored.Stream stream && !stream.entries().isEmpty()) {
      Redis.Entry entry = stream.entries().lastEntry().getValue();
      List<Object> fields = new ArrayList<>();
      entry.fields().forEach((field, value) -> {
        fields.add(bytes(field));
        fields.add(value);
      });
      found.add(List.of(bytes(entry.id()), fields));
    }
    return found;
  }
}
