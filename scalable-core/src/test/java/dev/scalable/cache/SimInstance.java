package dev.scalable.cache;

import dev.scalable.config.Settings;
import dev.scalable.http.BodyType;
import dev.scalable.http.JsonCodec;
import dev.scalable.redis.SimLink;
import dev.scalable.simulation.Timeline;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntSupplier;

/** An instance of a service in the simulation: the classes of production, and what they stand on. */
final class SimInstance {

  static final String CACHE = "rows";
  private static final JsonCodec NO_JSON = new NoJson();

  final String name;
  final Timeline.Machine machine;
  final SimDb.Client db;
  final SimLink link;
  final SimLink.Faults faults;
  final SimOracle.View view;
  final Caches caches;
  final CoherenceCounts coherence = new CoherenceCounts();
  final TwoTierCache<Long, Long> cache;
  private final InvalidationLog log;
  private final Relay relay;

  /** How all instances of a run are. */
  record Shape(Duration bound, Duration ttl, Duration loadTimeout, int maxLoads, IntSupplier halts,
      boolean stale, boolean soft, int loader) {}

  SimInstance(String name, Timeline timeline, Timeline.Machine machine, SimDb.Client db, SimLink link,
      SimLink.Faults faults, SimOracle.View view, Shape shape, SimSource source) {
    this.name = name;
    this.machine = machine;
    this.db = db;
    this.link = link;
    this.faults = faults;
    this.view = view;
    SimHost host = new SimHost(timeline, machine, shape.halts());
    CacheSettings settings = new CacheSettings("sim", shape.bound(), shape.loadTimeout(), shape.maxLoads());
    LogWriter writer = new LogWriter(link, settings, host);
    Outbox outbox = new Outbox(db, settings, Settings.of(Map.of()));
    this.log = new InvalidationLog(link, settings, writer, outbox, coherence, host);
    this.relay = new Relay(outbox, log, writer, coherence, host);
    this.caches = new Caches(link, settings, NO_JSON, log, db, relay, coherence);
    CacheBuilder<Long, Long> builder = caches.named(CACHE, Long.class, Long.class).codec(new Versions())
        .expireAfterWrite(shape.ttl()).expireAbsentAfter(shape.ttl());
    if (shape.stale()) {
      builder = builder.staleIfError(shape.ttl());
    }
    if (shape.stale() && shape.soft()) {
      builder = builder.softTimeout(Duration.ofMillis(50));
    }
    this.cache = switch (shape.loader()) {
      case 0 -> builder.build(key -> source.load(this, key));
      case 1 -> builder.build(key -> source.load(this, key), keys -> source.loadAll(this, keys));
      default -> builder.build((key, context) -> source.load(this, key, context));
    };
    InvalidationLog.Listener listener = (InvalidationLog.Listener) cache;
    log.register(CACHE, new InvalidationLog.Listener() {
      @Override
      public void invalidated(String key) {
        listener.invalidated(key);
        view.applies(key);
      }

      @Override
      public void cleared(byte[] generation) {
        listener.cleared(generation);
        view.applies("");
      }

      @Override
      public byte[] generation() {
        return listener.generation();
      }

      @Override
      public void joined(byte[] generation) {
        listener.joined(generation);
      }
    });
    link.observe(view::reads);
    // As when the service starts, on threads of its own.
    machine.start("start", () -> {
      log.start();
      relay.start();
    });
  }

  int free() {
    return caches.loads().free();
  }

  int pending() {
    return log.pending();
  }

  /** Values have a codec of their own. */
  private static final class NoJson implements JsonCodec {

    @Override
    public byte[] encode(Object value) {
      throw new UnsupportedOperationException();
    }

    @Override
    public <T> T decode(byte[] json, BodyType<T> type) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Versions implements Codec<Long> {

    @Override
    public byte[] encode(Long value) {
      return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    @Override
    public Long decode(byte[] bytes) {
      return ByteBuffer.wrap(bytes).getLong();
    }

    @Override
    public int schema() {
      return 1;
    }
  }
}
