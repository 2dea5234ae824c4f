package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.scalable.TestStack;
import dev.scalable.cache.history.Failover;
import dev.scalable.cache.history.Judge;
import dev.scalable.cache.history.Step;
import dev.scalable.cache.history.StepFile;
import dev.scalable.cache.history.Verdict;
import dev.scalable.redis.OwnRedis;
import dev.scalable.testkit.link.Link;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/**
 * Instances as processes that read and write, a Redis with a replica, and what can happen to them. Each instance finds
 * Redis over a link and an address of its own.
 */
final class HistoryCluster implements AutoCloseable {

  /** Long enough for heaps not to be silent most of the time on a busy machine. */
  static final Duration BOUND = Duration.ofMillis(Long.getLong("scalable.history.bound", 600));

  /** A safety limit: what ends by itself has ended by then on the slowest machine. */
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Jdbi aside = Jdbi.create(TestStack.postgres().dataSource());
  private final String namespace = "history-" + UUID.randomUUID();
  private final String table = "history_" + UUID.randomUUID().toString().replace('-', '_');
  private final List<AutoCloseable> parts = new ArrayList<>();
  private final List<MovingAddress> addresses = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();
  private final List<HistoryProcess> processes = new ArrayList<>();
  private final List<Step> observed = new ArrayList<>();
  private final List<Failover> failovers = new ArrayList<>();
  private final OwnRedis replica;
  private final Link replication;
  private OwnRedis redis;

  /**
   * Starts all, and has the instances begin to read and write.
   *
   * @param build what comes before the class path of this JVM; empty for the build as it is
   */
  HistoryCluster(Path folder, int instances, String build) throws Exception {
    aside.useHandle(handle -> handle.createScript("create table " + table
        + " (id bigint primary key, version bigint not null); insert into " + table
        + " select id, 0 from generate_series(0, " + HistoryInstance.KEYS + ") as id").execute());
    try {
      redis = closed(OwnRedis.start(folder));
      for (int i = 0; i < instances; i++) {
        MovingAddress address = closed(
            new MovingAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port())));
        Link link = closed(Link.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), address.uri().getPort())));
        addresses.add(address);
        links.add(link);
        Map<String, String> environment = new HashMap<>(CacheInstance.environment(namespace,
            URI.create("redis://127.0.0.1:" + link.address().getPort()),
            "SCALABLE_CACHE_NEAR_VALIDITY", BOUND.toMillis() + "ms", "SCALABLE_DB_POOL_SIZE", "10",
            // Who waits for the lease of one that is gone sees nothing, so that nothing could be held against it.
            "SCALABLE_CACHE_LOAD_TIMEOUT", "500ms"));
        environment.putAll(Map.of("HISTORY_TABLE", table, "HISTORY_INDEX", Integer.toString(i),
            "HISTORY_INSTANCES", Integer.toString(instances),
            "HISTORY_ROUND", Long.toString(BOUND.toMillis() * 8 / 5)));
        processes.add(closed(new HistoryProcess("instance-" + i, folder, build, environment)));
      }
      // Meanwhile.
      replication = closed(Link.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port())));
      replica = closed(OwnRedis.start(folder, "--replicaof", "127.0.0.1",
          Integer.toString(replication.address().getPort())));
      await().atMost(LIMIT).until(() -> replica.execute("INFO", "replication").contains("master_link_status:up"));
      for (HistoryProcess process : processes) {
        process.awaitReady();
        process.checkClock();
      }
      tellAll("go");
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  private <T extends AutoCloseable> T closed(T part) {
    parts.add(part);
    return part;
  }

  List<HistoryProcess> processes() {
    return processes;
  }

  /** Lets time pass, in which the instances read and write: so many times the bound. */
  void run(double bounds) {
    long end = System.nanoTime() + (long) (BOUND.toNanos() * bounds);
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  private void tellAll(String order) throws IOException {
    for (HistoryProcess process : processes) {
      if (process.isAlive()) {
        process.tell(order);
      }
    }
  }

  /** Waits until each instance has read each key. */
  void awaitWarm() {
    await().atMost(LIMIT).pollDelay(Duration.ZERO).until(() -> {
      Set<String> read = new HashSet<>();
      for (Step step : steps()) {
        if (step instanceof Step.Read one) {
          read.add(one.instance() + " " + one.key());
        }
      }
      return read.size() == processes.size() * (HistoryInstance.KEYS + 1);
    });
  }

  /** Waits until the heaps of all that live may be served. */
  void awaitProven() throws Exception {
    for (HistoryProcess process : processes) {
      if (process.isAlive()) {
        process.awaitProven();
      }
    }
  }

  void stopRedis(double bounds) throws Exception {
    redis.pause();
    run(bounds);
    redis.resume();
  }

  /** The second instance stands still, and something happens meanwhile. */
  void stopInstance(double bounds, Runnable meanwhile) throws Exception {
    try (AutoCloseable stopped = processes.get(1).stop()) {
      run(bounds);
      meanwhile.run();
    }
  }

  /** The first instance gets nothing from Redis, which gets all that it sends. */
  void loseAnswers(double bounds) {
    addresses.getFirst().mute(true);
    run(bounds);
    addresses.getFirst().mute(false);
  }

  /** What is sent overtakes what was sent before on another connection. */
  void slowLinks(double bounds) {
    links.forEach(link -> link.latency(Duration.ofMillis(20), Duration.ofMillis(20)));
    run(bounds);
    links.forEach(Link::restore);
  }

  /** Redis answers reads and refuses to write. */
  void refuseWrites(double bounds) {
    redis.execute("CONFIG", "SET", "min-replicas-to-write", "2");
    run(bounds);
    redis.execute("CONFIG", "SET", "min-replicas-to-write", "0");
  }

  void killConnections() {
    redis.execute("CLIENT", "KILL", "TYPE", "normal");
  }

  void trimLog() {
    redis.execute("XTRIM", in("inv"), "MAXLEN", "0");
  }

  void forgetAll() {
    redis.execute("FLUSHALL");
  }

  private String in(String key) {
    return "{" + namespace + "}" + key;
  }

  /** The replica falls behind, and then takes the place of its primary, which is gone. */
  void failOver(double bounds) throws Exception {
    long from = System.nanoTime();
    long offset = offset(redis, "master_repl_offset");
    await().atMost(LIMIT).until(() -> offset(replica, "slave_repl_offset") >= offset);
    replication.cut();
    run(bounds);
    // What was lost is not written again before it would be served for too long.
    tellAll("rest");
    String epoch = redis.execute("GET", in("epoch"));
    redis.kill();
    long to = System.nanoTime();
    String began = aside.withHandle(handle ->
        handle.createQuery("select clock_timestamp()::text").mapTo(String.class).one());
    replica.execute("REPLICAOF", "NO", "ONE");
    redis = replica;
    addresses.forEach(address -> address.moveTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port())));
    await().atMost(LIMIT).until(() -> !redis.execute("GET", in("epoch")).equals(epoch));
    String present = redis.execute("GET", in("epoch"));
    await().atMost(LIMIT).until(() -> dueOf(present, began) == 0);
    failovers.add(new Failover(from, to, System.nanoTime()));
    run(1.5);
    tellAll("write");
  }

  private static long offset(OwnRedis server, String field) {
    return server.execute("INFO", "replication").lines().filter(line -> line.startsWith(field + ":")).findFirst()
        .map(line -> Long.parseLong(line.substring(field.length() + 1).strip())).orElse(-1L);
  }

  /** How many rows from before a time Redis has not taken in an epoch. */
  private long dueOf(String epoch, String before) {
    return aside.withHandle(handle -> handle.createQuery("select count(*) from scalable.cache_outbox"
            + " where namespace = :namespace and taken_in <> :epoch and created_at < :before::timestamptz")
        .bind("namespace", namespace).bind("epoch", epoch).bind("before", before).mapTo(Long.class).one());
  }

  /** The last instance is killed between a commit and the invalidation, of a key that only it writes. */
  void killWriter() throws Exception {
    HistoryProcess writer = processes.getLast();
    long key = lastKeyOf(processes.size() - 1);
    writer.tell("die " + key);
    writer.awaitEnd();
    long ended = System.nanoTime();
    long version = StepFile.read(writer.file()).stream().filter(step -> step instanceof Step.Began && step.key() == key)
        .mapToLong(Step::version).max().orElseThrow();
    await().atMost(LIMIT).until(() -> aside.withHandle(handle -> handle.createQuery("select taken_in <> '' from"
            + " scalable.cache_outbox where namespace = :namespace and :key = any(keys) order by id desc limit 1")
        .bind("namespace", namespace).bind("key", Long.toString(key)).mapTo(Boolean.class).one()));
    observed.add(new Step.Taken(key, version, ended, System.nanoTime(), true));
  }

  /** The last key that an instance announces. */
  private long lastKeyOf(int index) {
    long found = 0;
    for (long key = 1; key <= HistoryInstance.KEYS; key++) {
      found = HistoryInstance.announced(key) && key % processes.size() == index ? key : found;
    }
    assertThat(found).as("a key that instance " + index + " announces").isPositive();
    return found;
  }

  /**
   * All that the instances have written down up to now, and what was observed from outside. Files are read one after
   * the other: of a read that ended after this began, what it saw may be missing.
   */
  private List<Step> steps() throws IOException {
    long now = System.nanoTime();
    List<Step> all = new ArrayList<>(observed);
    for (HistoryProcess process : processes) {
      for (Step step : StepFile.read(process.file())) {
        if (!(step instanceof Step.Read read && read.end() > now)) {
          all.add(step);
        }
      }
    }
    return all;
  }

  Verdict judge() throws IOException {
    return Judge.judge(steps(), BOUND, failovers);
  }

  /** What the processes have printed, for a person. */
  String output() {
    return processes.stream().map(process -> process.name() + " has printed\n" + process.output())
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable part : parts.reversed()) {
      part.close();
    }
    aside.useHandle(handle -> handle.execute("drop table " + table));
  }
}
