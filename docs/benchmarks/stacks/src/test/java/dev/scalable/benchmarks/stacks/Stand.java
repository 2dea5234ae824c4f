package dev.scalable.benchmarks.stacks;

import static dev.scalable.testkit.load.Load.users;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.benchmarks.figures.Endpoint;
import dev.scalable.benchmarks.figures.Window;
import dev.scalable.benchmarks.stacks.Shop.Effects;
import dev.scalable.testkit.backend.Backend;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.Load;
import dev.scalable.testkit.load.LoadResult;
import dev.scalable.testkit.load.NoAnswerException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stack that stands ready: two instances behind an Nginx of its own, with a PostgreSQL and a Redis of its own. Its
 * instances are stopped by SIGSTOP whenever another one's turn is.
 */
final class Stand implements AutoCloseable {

  static final int USERS = 20;

  private static final Logger log = LoggerFactory.getLogger(Stand.class);

  private static final Duration AWAKE = Duration.ofSeconds(1);
  private static final int MOST_TRIES = 3;
  private static final int ANSWER_MILLIS = 10_000;

  private final Stack stack;
  private final Cluster cluster;
  private long orders;

  private Stand(Stack stack, Cluster cluster) {
    this.stack = stack;
    this.cluster = cluster;
  }

  /** Starts it, and leaves it paused. */
  static Stand start(Stack stack) throws SQLException {
    Cluster cluster = Cluster.builder().backend(Backend.LOCAL).app(Shop.migrated(stack.app())).instances(2).start();
    Stand stand = new Stand(stack, cluster);
    try {
      Shop.fill(cluster);
      stand.wake();
      cluster.instances().forEach(Instance::pause);
      return stand;
    } catch (SQLException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /**
   * Asks for everything once, again and again until it is answered: what was never asked for has to be loaded first,
   * and on a busy machine that takes longer than Nginx waits.
   */
  private void wake() {
    List<Call> calls = List.of(Call.get("/products/1"), Shop.signedIn(Call.get("/orders/1")),
        Shop.signedIn(Call.post("/orders", Shop.order(1))).header("Idempotency-Key", "first"));
    for (Instance instance : cluster.instances()) {
      for (Call call : calls) {
        boolean answered = false;
        for (int times = 0; !answered && times < 5; times++) {
          try (Client client = Client.open(instance.uri())) {
            answered = client.send(call).status() / 100 == 2;
          } catch (NoAnswerException e) {
            log.info("{} is asked again: {}", stack.name(), e.getMessage());
          }
        }
      }
    }
    orders++;
  }

  Stack stack() {
    return stack;
  }

  /** The versions of what it stands on, by name. */
  Map<String, String> versions() throws SQLException, IOException {
    Map<String, String> versions = new LinkedHashMap<>();
    try (Connection connection = cluster.postgres().dataSource().getConnection()) {
      versions.put("postgresql", connection.getMetaData().getDatabaseProductVersion());
    }
    versions.put("redis", redisVersion());
    versions.put("nginx", cluster.balancer().version().replace("nginx ", ""));
    return versions;
  }

  private String redisVersion() throws IOException {
    URI redis = cluster.redis().uri();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(redis.getHost(), redis.getPort()), ANSWER_MILLIS);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.getOutputStream().write("INFO server\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).lines()
          .filter(line -> line.startsWith("redis_version:")).findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1)).orElse("unknown");
    }
  }

  /** Something that is done while its instances run. */
  @FunctionalInterface
  interface Turn<T> {
    T take() throws Exception;
  }

  /** Lets its instances run for as long as the turn takes. */
  <T> T turn(Turn<T> turn) throws Exception {
    cluster.instances().forEach(Instance::resume);
    try {
      return turn.take();
    } finally {
      cluster.instances().forEach(Instance::pause);
    }
  }

  /** Sends a request, which is answered with that status, and returns what came. */
  Answer ask(int status, Call call) {
    try (Client client = Client.open(cluster.uri())) {
      Answer answer = client.send(call);
      assertThat(answer.status()).as("%s: %s: %s", stack.name(), call, answer.text()).isEqualTo(status);
      return answer;
    }
  }

  /** Places an order, twice with the same key, and returns the answer, which both times is the same. */
  Answer order(long product) {
    Call call = Shop.signedIn(Call.post("/orders", Shop.order(product))).header("Idempotency-Key", "twice-" + product);
    Answer first = ask(201, call);
    orders++;
    assertThat(ask(201, call).text()).as("%s: the answer to a repeated order", stack.name()).isEqualTo(first.text());
    return first;
  }

  /**
   * Has users ask, each as soon as it was answered, so that compilers and caches do their work before anything counts.
   *
   * @param time how long at least
   * @param requests how many at least, but on a machine that is so busy that they would take five times as long
   */
  void warmUp(Endpoint endpoint, Duration time, int requests) {
    int done = 0;
    for (int times = 0; times == 0 || (times < 5 && done < requests); times++) {
      done += warmUp(endpoint, time);
    }
  }

  private int warmUp(Endpoint endpoint, Duration time) {
    return sent(endpoint, Requests.to(endpoint, cluster.load()).closed(users(USERS).during(time))).ok();
  }

  /** The same, and what came of it. The first second after the pause does not count. */
  Window closed(Endpoint endpoint, int round, Duration time) {
    warmUp(endpoint, AWAKE);
    return Windows.of(stack, endpoint, round, 0,
        sent(endpoint, Requests.to(endpoint, cluster.load()).closed(users(USERS).during(time))));
  }

  /**
   * Sends at a fixed rate, and returns what came of it. The first second after the pause does not count. Where requests
   * could not be sent, since too many were under way, it is done again: a machine that stands still for a second says
   * nothing of a stack. What the last try was stays, with a remark.
   */
  Window open(Endpoint endpoint, int round, double rate, Duration time) {
    for (int times = 1;; times++) {
      warmUp(endpoint, AWAKE);
      LoadResult result =
          sent(endpoint, Requests.to(endpoint, cluster.load()).open(Load.rate(rate).perSecond().during(time)));
      if (result.dropped() == 0 || times == MOST_TRIES) {
        return Windows.of(stack, endpoint, round, rate, result);
      }
      log.info("{}, {}: {} requests could not be sent, and the window is repeated", stack.name(), endpoint,
          result.dropped());
    }
  }

  /** Every order that was confirmed has had its effects, once, and no other. */
  void checkEffects() throws SQLException {
    assertThat(Effects.in(cluster)).as("%s: what its orders left", stack.name()).isEqualTo(Effects.of(orders));
  }

  private LoadResult sent(Endpoint endpoint, Load load) {
    LoadResult result = load.run();
    assertThat(result.ok()).as("%s: requests that were answered as they should be, of %s", stack.name(), result)
        .isEqualTo(result.scheduled() - result.dropped()).isPositive();
    if (endpoint == Endpoint.ORDER) {
      orders += result.ok();
    }
    return result;
  }

  /** Lets its instances go on before they are told to end, which they could not hear otherwise. */
  @Override
  public void close() {
    cluster.instances().stream().filter(Instance::isRunning).forEach(Instance::resume);
    cluster.close();
  }
}
