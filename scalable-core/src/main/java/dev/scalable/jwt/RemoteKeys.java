package dev.scalable.jwt;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that an issuer publishes at an address. A request never fetches them and never waits for them; a thread of their
 * own does, every 5 minutes, and soon after a token names a key that is not known, at most once in 10 seconds, since
 * anybody can make up a name. A request with such a token is answered 503 while its key may still turn up, and 401 when
 * it has not.
 *
 * <p>While the issuer cannot be reached, the keys that it gave last are used for an hour, and it is asked every 5
 * seconds; after that hour a key may have been withdrawn without our knowing, and tokens are answered 503. An issuer
 * that is away does not stop the start, either: N instances that restart would all be away with it.
 */
@SharedState("what the issuer publishes, fetched by each instance")
public final class RemoteKeys extends JwtKeys implements Part {

  private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);

  private static final int MOST_BYTES = 256 * 1024;

  private final URI address;
  private final Timing timing;
  private final ScheduledThreadPoolExecutor executor;

  /** Guarded by this. */
  private @Nullable Fetched fetched;
  private boolean fetching;
  private boolean failing;
  private long lastBegan;
  private boolean everBegan;

  /** Keys, and when it was begun to fetch them, on the clock of {@link System#nanoTime}. */
  private record Fetched(JWKSet keys, long at) {}

  /**
   * How long what takes.
   *
   * @param every time between two fetches
   * @param again time between two fetches while they fail
   * @param atMost least time between two fetches because of unknown keys
   * @param limit time that one fetch may take
   * @param trusted time for which keys are used after they were fetched
   */
  record Timing(Duration every, Duration again, Duration atMost, Duration limit, Duration trusted) {
    static final Timing DEFAULT = new Timing(Duration.ofMinutes(5), Duration.ofSeconds(5), Duration.ofSeconds(10),
        Duration.ofSeconds(3), Duration.ofHours(1));
  }

  RemoteKeys(URI address, Timing timing) {
    if (!"https".equals(address.getScheme()) && !("http".equals(address.getScheme()) && onThisMachine(address))) {
      throw new IllegalArgumentException("Keys are fetched by https, or by http from this machine alone, but their "
          + "address is " + address + ": who can change them on their way can issue tokens");
    }
    this.address = address;
    this.timing = timing;
    this.executor = new ScheduledThreadPoolExecutor(1,
        task -> Thread.ofPlatform().daemon().name("jwt-keys").unstarted(task));
    executor.setRemoveOnCancelPolicy(true);
  }

  private static boolean onThisMachine(URI address) {
    String host = String.valueOf(address.getHost());
    return host.equals("localhost") || host.matches("127(\\.[0-9]{1,3}){3}")
        || host.equals("[::1]");
  }

  @Override
  public String name() {
    return "the keys at " + address;
  }

  @Override
  public Stage stage() {
    return Stage.CONNECTIONS;
  }

  /** Fetches the keys once, so that the first request finds them, and goes on if that fails. */
  @Override
  public void start() {
    refresh();
  }

  @Override
  public void stop() {
    executor.shutdownNow();
  }

  @Override
  List<JWK> select(JWKSelector wanted) throws KeySourceException {
    JWKSet keys = trusted();
    List<JWK> found = keys == null ? List.of() : wanted.select(keys);
    if (found.isEmpty() && (keys == null || isNamed(wanted)) && mayTurnUp(keys == null)) {
      throw new KeySourceException("The keys at " + address + " are being fetched");
    }
    return found;
  }

  private static boolean isNamed(JWKSelector wanted) {
    return wanted.getMatcher().getKeyIDs() != null;
  }

  private synchronized @Nullable JWKSet trusted() {
    Fetched last = fetched;
    return last == null || System.nanoTime() - last.at() > timing.trusted().toNanos() ? null : last.keys();
  }

  /** Whether a key that is not there may be there soon; sees to it that it is fetched. */
  private synchronized boolean mayTurnUp(boolean noKeys) {
    boolean mayAsk = !everBegan || System.nanoTime() - lastBegan >= timing.atMost().toNanos();
    if (mayAsk && !fetching && !executor.isShutdown()) {
      fetching = true;
      executor.execute(this::fetchOnce);
    }
    return fetching || failing || noKeys;
  }

  private void refresh() {
    boolean done = fetchOnce();
    Duration pause = done ? timing.every() : timing.again();
    if (!executor.isShutdown()) {
      ScheduledFuture<?> unused = executor.schedule(this::refresh, pause.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private boolean fetchOnce() {
    long began = System.nanoTime();
    synchronized (this) {
      fetching = true;
      everBegan = true;
      lastBegan = began;
    }
    try {
      JWKSet keys = UsableKeys.parse(text());
      succeeded(new Fetched(keys, began));
      return true;
    } catch (IllegalArgumentException | ExecutionException | TimeoutException e) {
      failed(e);
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      synchronized (this) {
        fetching = false;
      }
    }
  }

  /**
   * What stands at the address. The fetch runs on a virtual thread because there an interrupt ends a read: an issuer
   * that sends one byte a second would keep within any timeout between two bytes.
   */
  private String text() throws InterruptedException, ExecutionException, TimeoutException {
    int limit = (int) timing.limit().toMillis();
    FutureTask<String> fetch = new FutureTask<>(
        () -> new DefaultResourceRetriever(limit, limit, MOST_BYTES).retrieveResource(address.toURL()).getContent());
    Thread.ofVirtual().name("jwt-keys-fetch").start(fetch);
    try {
      return fetch.get(limit, TimeUnit.MILLISECONDS);
    } finally {
      fetch.cancel(true);
    }
  }

  private void succeeded(Fetched keys) {
    boolean news;
    synchronized (this) {
      news = failing || fetched == null;
      fetched = keys;
      failing = false;
    }
    if (news) {
      log.info("The keys at {} were fetched: {}", address, keys.keys().getKeys().size());
    }
  }

  /** Says so once, until they can be fetched again. Not with the lock held, for which requests would wait. */
  private void failed(Exception e) {
    boolean news;
    boolean had;
    synchronized (this) {
      news = !failing;
      had = fetched != null;
      failing = true;
    }
    if (news) {
      log.warn("The keys at {} could not be fetched ({}); {}; trying again every {} s", address,
          e instanceof TimeoutException ? "no answer within " + timing.limit().toMillis() + " ms"
              : String.valueOf(e.getMessage()),
          had ? "those fetched last are used until they are " + timing.trusted().toMinutes() + " minutes old"
              : "until they are there, tokens are answered 503",
          timing.again().toSeconds());
    }
  }
}
