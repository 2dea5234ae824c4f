package dev.scalable.testkit.check;

import dev.scalable.testkit.cluster.AccessLogEntry;
import dev.scalable.testkit.cluster.AccessLogEntry.Attempt;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.load.LoadResult;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * What became of every request, told by three witnesses that share its {@code X-Request-Id}: the client that sent it,
 * the balancer's access log, and, if it is asked, the application's data. Together they say where a lost request was
 * lost, and whether it took place all the same. Immutable.
 */
public final class GroundTruth {
  private static final int SHOWN = 20;

  private final Map<String, Trail> trails;
  private final String balancer;
  private final Map<String, String> instances;

  private GroundTruth(List<Trail> trails, String balancer, Map<String, String> instances) {
    this.trails = new LinkedHashMap<>();
    trails.forEach(trail -> this.trails.put(trail.exchange().requestId(), trail));
    this.balancer = balancer;
    this.instances = instances;
  }

  /**
   * Joins a run with the access log of the cluster that it went to. Waits until the log is complete, as
   * {@link dev.scalable.testkit.cluster.Balancer#logged} does.
   *
   * @throws UnsupportedOperationException if the cluster's access log cannot be read
   */
  public static GroundTruth of(LoadResult run, Cluster cluster) {
    Map<String, String> instances = cluster.instances().stream()
        .collect(Collectors.toMap(instance -> instance.uri().getAuthority(), Instance::id));
    return of(
        run.exchanges(), cluster.balancer().logged(run.exchanges()), "nginx at " + cluster.uri().getAuthority(),
        instances);
  }

  /** Joins requests with the entries of an access log, others' among them or not. */
  public static GroundTruth of(Collection<Exchange> exchanges, Collection<AccessLogEntry> log) {
    return of(exchanges, log, "nginx", Map.of());
  }

  private static GroundTruth of(
      Collection<Exchange> exchanges, Collection<AccessLogEntry> log, String balancer, Map<String, String> known) {
    Map<String, List<AccessLogEntry>> byId =
        log.stream().collect(Collectors.groupingBy(AccessLogEntry::requestId));
    List<Trail> trails = exchanges.stream()
        .map(each -> new Trail(each, byId.getOrDefault(each.requestId(), List.of()), OptionalLong.empty()))
        .toList();
    Map<String, String> instances = new HashMap<>(known);
    trails.forEach(trail -> learnInstance(trail, instances));
    return new GroundTruth(trails, balancer, instances);
  }

  /**
   * Adds what the application did.
   *
   * @param rows how many rows it has by request id or by idempotency key; none for what is not there
   */
  public GroundTruth rows(Map<String, Long> rows) {
    return new GroundTruth(
        trails.values().stream()
            .map(trail -> new Trail(trail.exchange(), trail.entries(), OptionalLong.of(count(rows, trail.exchange()))))
            .toList(),
        balancer, instances);
  }

  /**
   * Adds what the application did, from its database.
   *
   * @param query gives rows of a request id or an idempotency key and their number, such as
   *     {@code select request_id, count(*) from orders group by 1}
   * @throws IllegalStateException if the database cannot be asked so
   * @throws IllegalArgumentException if the query gives anything else
   */
  public GroundTruth rows(DataSource database, String query) {
    return rows(Effects.byKey(database, query));
  }

  /** Returns those that were sent and neither answered well nor shed by the application with a 429 or 503. */
  public List<Exchange> lost() {
    return exchanges(Trail::lost);
  }

  /** Returns those that the balancer sent, or tried to send, to more than one instance. */
  public List<Exchange> retriedByBalancer() {
    return exchanges(Trail::retried);
  }

  /** Returns those that clients sent and the balancer has no word of; those that found no connection are not there. */
  public List<Exchange> missingInLog() {
    return exchanges(trail -> trail.sent() && trail.entries().isEmpty());
  }

  /** Returns those that came to the balancer more than once, though no client of the testkit sends anything twice. */
  public List<Exchange> loggedMoreThanOnce() {
    return exchanges(trail -> trail.entries().size() > 1);
  }

  /** Returns those that the application did more than once; none if it was not asked. */
  public List<Exchange> doneMoreThanOnce() {
    return exchanges(trail -> trail.rows().orElse(0) > 1);
  }

  /** Returns the writes that were answered as done and that the application has no row of; none if it was not asked. */
  public List<Exchange> acknowledgedAndNotDone() {
    return exchanges(trail -> trail.exchange().write() && trail.exchange().fate() == Fate.OK
        && trail.rows().orElse(1) == 0);
  }

  /** Returns the attempts of the balancer at a request, in their order; none if it never sent it to an instance. */
  public List<Attempt> attempts(Exchange exchange) {
    return trail(exchange).attempts();
  }

  /** Returns how many attempts were in vain, by instance. */
  public Map<String, Integer> deadAttempts() {
    Map<String, Integer> dead = new TreeMap<>();
    trails.values().stream()
        .flatMap(trail -> trail.deadAttempts().stream())
        .forEach(attempt -> dead.merge(name(attempt.address()), 1, Integer::sum));
    return dead;
  }

  /** Returns the time that all requests together spent in attempts that were in vain. */
  public Duration timeInDeadAttempts() {
    return trails.values().stream().map(Trail::timeInDeadAttempts).reduce(Duration.ZERO, Duration::plus);
  }

  /** Returns what became of a request after its client had sent it: each attempt with its address and its end. */
  public String storyOf(Exchange exchange) {
    return trail(exchange).story(balancer, this::place);
  }

  /** Returns the sums, and of each of the first lost requests what all witnesses say. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(
        Locale.ROOT, "%d requests: %d lost, %d sent again by the balancer (%d ms in attempts in vain: %s), %d sent and"
            + " not in its log, %d in it more than once",
        trails.size(), lost().size(), retriedByBalancer().size(), timeInDeadAttempts().toMillis(), deadAttempts(),
        missingInLog().size(), loggedMoreThanOnce().size()));
    if (trails.values().stream().anyMatch(trail -> trail.rows().isPresent())) {
      text.append(String.format(
          Locale.ROOT, "; %d done more than once, %d acknowledged and not done",
          doneMoreThanOnce().size(), acknowledgedAndNotDone().size()));
    }
    trails.values().stream().filter(Trail::lost).limit(SHOWN).forEach(trail ->
        text.append("\n  ").append(trail.exchange()).append("\n    ").append(trail.story(balancer, this::place)));
    int more = lost().size() - SHOWN;
    return text.append(more > 0 ? "\n  and " + more + " more" : "").toString();
  }

  private Trail trail(Exchange exchange) {
    Trail trail = trails.get(exchange.requestId());
    if (trail == null) {
      throw new IllegalArgumentException("this is the truth of other requests than " + exchange);
    }
    return trail;
  }

  private List<Exchange> exchanges(Predicate<Trail> which) {
    return trails.values().stream().filter(which).map(Trail::exchange).toList();
  }

  private String name(String address) {
    return instances.getOrDefault(address, address);
  }

  private String place(String address) {
    String name = instances.get(address);
    return name == null ? address : name + " (" + address + ")";
  }

  private static long count(Map<String, Long> rows, Exchange exchange) {
    String key = exchange.idempotencyKey();
    return rows.getOrDefault(exchange.requestId(), 0L) + (key == null ? 0 : rows.getOrDefault(key, 0L));
  }

  /** Who answered a client said its name; the last attempt says its address, which only the balancer may know. */
  private static void learnInstance(Trail trail, Map<String, String> instances) {
    String name = trail.exchange().instance();
    List<Attempt> attempts = trail.attempts();
    if (name != null && !attempts.isEmpty() && attempts.getLast().answered()) {
      instances.putIfAbsent(attempts.getLast().address(), name);
    }
  }
}
