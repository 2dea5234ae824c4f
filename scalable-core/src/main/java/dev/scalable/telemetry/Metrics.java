package dev.scalable.telemetry;

import dev.scalable.cache.CacheStats;
import dev.scalable.cache.Caches;
import dev.scalable.db.Db;
import dev.scalable.lifecycle.Part;
import dev.scalable.redis.Redis;
import dev.scalable.server.HttpServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apiguardian.api.API;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of this instance, as Prometheus reads them. An app adds its own through Micrometer's global registry, as
 * {@code io.micrometer.core.instrument.Metrics.counter("orders")}, which this one is part of while the service runs.
 *
 * <p>Safe for use by many threads.
 */
@API(status = API.Status.EXPERIMENTAL)
@Singleton
public final class Metrics implements Part {

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Db db;
  private final Caches caches;
  private final Redis redis;
  private final RequestLog accessLog;
  /** Had at the start alone: the server is made with what times its requests here. */
  private final Provider<HttpServer> server;
  private final Set<String> bound = ConcurrentHashMap.newKeySet();

  @Inject
  Metrics(Db db, Caches caches, Redis redis, RequestLog accessLog, Provider<HttpServer> server) {
    this.db = db;
    this.caches = caches;
    this.redis = redis;
    this.accessLog = accessLog;
    this.server = server;
  }

  @Override
  public String name() {
    return "the metrics";
  }

  /** Requests are timed here as well. */
  MeterRegistry registry() {
    return registry;
  }

  @Override
  public void start() {
    bindPool();
    bindAccessLog();
    bindServer(server.get());
    gauge("cache.near.serving", "1 while values in the heap may be served, 0 while that is not proven",
        caches, all -> all.nearTierServes() ? 1 : 0);
    gauge("cache.invalidations.pending", "Invalidations that Redis has not acknowledged", caches, Caches::pendingInvalidations);
    bindCoherence();
    gauge("redis.breaker", "Servers that are not asked, since they do not answer", redis, Redis::silentServers);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    io.micrometer.core.instrument.Metrics.addRegistry(registry);
  }

  @Override
  public void stop() {
    io.micrometer.core.instrument.Metrics.removeRegistry(registry);
    collections.close();
  }

  private void bindPool() {
    gauge("db.connections.size", "Most connections of this instance", db, pool -> pool.stats().size());
    gauge("db.connections.open", "Connections that are open", db, pool -> pool.stats().open());
    gauge("db.connections.active", "Connections that somebody has", db, pool -> pool.stats().active());
    gauge("db.connections.waiting", "Callers that wait for a connection", db, pool -> pool.stats().waiting());
    FunctionCounter.builder("db.connections.refused", db, pool -> pool.stats().refused())
        .description("Callers that have waited for a connection in vain").register(registry);
    FunctionTimer.builder("db.connections.acquire", db, pool -> pool.stats().acquired(),
            pool -> pool.stats().acquiring().toNanos(), TimeUnit.NANOSECONDS)
        .description("Waits for a connection that ended with one").register(registry);
    db.stats().ended().keySet().forEach(outcome ->
        FunctionCounter.builder("db.transactions", db, pool -> pool.stats().ended().getOrDefault(outcome, 0L))
            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
            .description("Attempts of transactions, by how they ended").register(registry));
    db.stats().retried().keySet().forEach(state ->
        FunctionCounter.builder("db.transactions.retried", db, pool -> pool.stats().retried().getOrDefault(state, 0L))
            .tag("sqlstate", state)
            .description("Attempts of transactions that were followed by another").register(registry));
    Db.ReplicaStats replicas = db.stats().replicas();
    if (replicas != null) {
      bindReplicas(replicas.reads().keySet());
    }
  }

  private void bindReplicas(Set<String> results) {
    gauge("db.replica.connections.size", "Most connections of this instance to replicas", db,
        pool -> replicas(pool).size());
    gauge("db.replica.connections.open", "Connections to replicas that are open", db, pool -> replicas(pool).open());
    gauge("db.replica.connections.active", "Connections to replicas that somebody has", db,
        pool -> replicas(pool).active());
    Gauge.builder("db.replica.lag", db, pool -> seconds(replicas(pool).lag())).baseUnit("seconds").strongReference(true)
        .description("How far a replica was behind at most when one was last asked").register(registry);
    results.forEach(result ->
        FunctionCounter.builder("db.replica.reads", db, pool -> replicas(pool).reads().getOrDefault(result, 0L))
            .tag("result", result)
            .description("Reads, by whether a replica served them or why they were left to the primary")
            .register(registry));
  }

  /** Asked only where there are any. */
  private static Db.ReplicaStats replicas(Db db) {
    return Objects.requireNonNull(db.stats().replicas());
  }

  private static double seconds(@Nullable Duration time) {
    return time == null ? Double.NaN : time.toNanos() / 1e9;
  }

  private void bindCoherence() {
    gauge("cache.outbox.pending", "Announced invalidations that Redis is not known to have taken", caches,
        all -> all.coherence().announced());
    Gauge.builder("cache.outbox.oldest", caches, all -> all.coherence().oldest().toMillis() / 1e3).baseUnit("seconds")
        .description("Age of the oldest of those").strongReference(true).register(registry);
    FunctionTimer.builder("cache.propagation", caches, all -> all.coherence().applied(),
            all -> all.coherence().travelled().toNanos(), TimeUnit.NANOSECONDS)
        .description("Entries of others that were applied, and how long after Redis had written them")
        .register(registry);
    caches.coherence().invalidations().keySet().forEach(origin ->
        FunctionCounter.builder("cache.invalidations", caches,
                all -> all.coherence().invalidations().getOrDefault(origin, 0L))
            .tag("origin", origin).description("Keys that were invalidated").register(registry));
    caches.coherence().resyncs().keySet().forEach(cause ->
        FunctionCounter.builder("cache.resyncs", caches, all -> all.coherence().resyncs().getOrDefault(cause, 0L))
            .tag("cause", cause).description("Times that the heap was emptied since something may be missing")
            .register(registry));
  }

  private void bindAccessLog() {
    FunctionCounter.builder("http.server.access.log.lost", accessLog, RequestLog::lost)
        .description("Requests that are missing in the access log").register(registry);
  }

  private void bindServer(HttpServer counted) {
    gauge("http.server.connections.open", "Connections that may still carry a request", counted, HttpServer::openConnections);
    gauge("http.server.connections.limit", "Most connections that are open at once", counted, HttpServer::maxConnections);
    gauge("http.server.requests.active", "Requests that were read and are not answered yet", counted, HttpServer::requestsInFlight);
  }

  private <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
    Gauge.builder(name, source, value).description(description).strongReference(true).register(registry);
  }

  /** Caches are made by the app whenever it likes. */
  private void bindCaches() {
    for (String cache : caches.names()) {
      if (bound.add(cache)) {
        count("cache.hits", "Reads answered from a tier", cache, "tier", "near", CacheStats::nearHits);
        count("cache.hits", "Reads answered from a tier", cache, "tier", "far", CacheStats::farHits);
        count("cache.loads", "Keys that the loader was asked for", cache, CacheStats::loads);
        String early = "Loads that were given up or not begun";
        count("cache.loads.ended.early", early, cache, "reason", "timeout", CacheStats::timeouts);
        count("cache.loads.ended.early", early, cache, "reason", "refused", CacheStats::refused);
        String fills = "Loaded values, by whether Redis took them";
        count("cache.fills", fills, cache, "result", "stored", CacheStats::stored);
        count("cache.fills", fills, cache, "result", "fenced", CacheStats::fenced);
        count("cache.fills", fills, cache, "result", "error", CacheStats::unstored);
        count("cache.bypassed", "Reads that went to the loader and cached nothing", cache, CacheStats::bypassed);
        count("cache.stale", "Expired values that were served", cache, CacheStats::stale);
        count("cache.refreshed", "Values that were replaced before they had expired", cache, CacheStats::refreshed);
        count("cache.loads.ended.early", early, cache, "reason", "failed", CacheStats::failed);
        String audits = "Hits that were compared with the source";
        count("cache.audits", audits, cache, "result", "ok", stats -> stats.audits().ok());
        count("cache.audits", audits, cache, "result", "stale", stats -> stats.audits().stale());
        count("cache.audits", audits, cache, "result", "error", stats -> stats.audits().errors());
        FunctionTimer.builder("cache.load", caches, all -> all.stats(cache).loaded(),
                all -> all.stats(cache).loading().toNanos(), TimeUnit.NANOSECONDS)
            .tag("cache", cache).description("Keys that were loaded, and how long that took").register(registry);
        Gauge.builder("cache.near.size", caches, all -> all.stats(cache).nearSize()).tag("cache", cache)
            .description("Places taken in the heap").strongReference(true).register(registry);
        count("cache.unreadable", "Values in Redis that could not be read", cache, CacheStats::unreadable);
      }
    }
  }

  private void count(String name, String description, String cache, ToLongFunction<CacheStats> count) {
    count(name, description, cache, Tags.empty(), count);
  }

  private void count(String name, String description, String cache, String tag, String value, ToLongFunction<CacheStats> count) {
    count(name, description, cache, Tags.of(tag, value), count);
  }

  private void count(String name, String description, String cache, Tags tags, ToLongFunction<CacheStats> count) {
    FunctionCounter.builder(name, caches, all -> count.applyAsLong(all.stats(cache)))
        .description(description).tags(tags.and("cache", cache)).register(registry);
  }

  /** All metrics in Prometheus' text format, version 0.0.4. */
  public String scrape() {
    bindCaches();
    return registry.scrape();
  }
}
