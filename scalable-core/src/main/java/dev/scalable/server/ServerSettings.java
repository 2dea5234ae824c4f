package dev.scalable.server;

import dev.scalable.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;

/**
 * How the server listens, what it accepts, and how it ends.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 means any free one
 * @param instanceId what this instance calls itself in the header {@code X-Instance-Id} and in logs
 * @param threads what runs handlers
 * @param requestTimeout time in which a request must be answered, else 504; shorter than the proxy's read timeout, so
 *     that it is the instance and not the proxy that says so
 * @param bodyTimeout time in which a request body must have arrived, besides a second for every 16 KiB of it; else 408
 * @param writeTimeout time in which a client must take some of what waits for it, else its connection is closed
 * @param maxBody most bytes of a request body, else 413
 * @param maxInFlight most handlers that run at once; a request beyond waits for one to end
 * @param queueTime longest such wait, then 503
 * @param idleTimeout time after which an idle connection is closed; longer than the proxy keeps idle connections, so
 *     that it is never the instance that closes one just as the proxy uses it
 * @param maxConnections most connections that are open at once on the server's port; others wait in the kernel's queue
 * @param drainDelay time between giving up readiness and refusing connections, for balancers that must notice first
 * @param drainTimeout time in which requests in flight must end once connections are refused
 * @param healthPort port on which this instance tells of its health; 0 means any free one
 * @param trustedProxies the networks whose proxies are believed in what they say of a client: addresses with the length
 *     of a prefix, separated by commas; empty for none
 */
public record ServerSettings(String host, int port, String instanceId, Threads threads, Duration requestTimeout,
    Duration bodyTimeout, Duration writeTimeout, int maxBody, int maxInFlight, Duration queueTime, Duration idleTimeout,
    int maxConnections, Duration drainDelay, Duration drainTimeout, int healthPort, String trustedProxies) {

  private static final int HEALTH_PORT_ABOVE = 1_000;

  /** What runs handlers. */
  public enum Threads {
    /**
     * A virtual thread for each request; needs a JDK of 24 or later, where blocking does not pin its carrier (JEP 491).
     */
    VIRTUAL,
    /** A pool of platform threads, at most as many as handlers may run at once. */
    PLATFORM
  }

  /**
   * Reads the settings {@code SCALABLE_HTTP_*}, {@code SCALABLE_INSTANCE_ID}, {@code SCALABLE_DRAIN_*} and {@code
   * SCALABLE_HEALTH_PORT}.
   *
   * @param settings where to read; keeps every mistake
   */
  public static ServerSettings from(Settings settings) {
    boolean unpinned = Runtime.version().feature() >= 24;
    Duration aSecond = Duration.ofSeconds(1);
    int port = settings.number("SCALABLE_HTTP_PORT", 8080, 0, 65_535);
    return new ServerSettings(
        settings.text("SCALABLE_HTTP_HOST", "0.0.0.0"),
        port,
        settings.parsed("SCALABLE_INSTANCE_ID", hostName() + "-" + UUID.randomUUID().toString().substring(0, 4),
            "a name that a header can have", ServerSettings::instanceId),
        settings.choice("SCALABLE_HTTP_THREADS", Threads.class, unpinned ? Threads.VIRTUAL : Threads.PLATFORM),
        settings.duration("SCALABLE_HTTP_REQUEST_TIMEOUT", Duration.ofSeconds(8), Duration.ofMillis(10), Duration.ofHours(1)),
        settings.duration("SCALABLE_HTTP_BODY_TIMEOUT", Duration.ofSeconds(10), Duration.ofMillis(10), Duration.ofHours(1)),
        settings.duration("SCALABLE_HTTP_WRITE_TIMEOUT", Duration.ofSeconds(15), Duration.ofMillis(10),
            Duration.ofHours(1)),
        settings.number("SCALABLE_HTTP_MAX_BODY_BYTES", 1024 * 1024, 0, 1 << 30),
        settings.number("SCALABLE_HTTP_MAX_IN_FLIGHT", 256, 1, 100_000),
        settings.duration("SCALABLE_HTTP_QUEUE_TIME", Duration.ofMillis(50), Duration.ZERO, Duration.ofMinutes(1)),
        settings.duration("SCALABLE_HTTP_IDLE_TIMEOUT", Duration.ofSeconds(75), aSecond, Duration.ofHours(1)),
        settings.number("SCALABLE_HTTP_MAX_CONNECTIONS", 16_384, 1, 1_000_000),
        settings.duration("SCALABLE_DRAIN_DELAY", Duration.ZERO, Duration.ZERO, Duration.ofMinutes(5)),
        settings.duration("SCALABLE_DRAIN_TIMEOUT", Duration.ofSeconds(20), Duration.ZERO, Duration.ofMinutes(10)),
        settings.number("SCALABLE_HEALTH_PORT", healthPort(port), 0, 65_535),
        settings.parsed("SCALABLE_HTTP_TRUSTED_PROXIES", "", "a list of networks such as 10.0.0.0/8,2001:db8::/32",
            TrustedProxies::parse).toString());
  }

  /** As far above the other port at every instance, so that those on one machine do not meet. */
  static int healthPort(int port) {
    if (port == 0) {
      return 0;
    }
    return port + HEALTH_PORT_ABOVE <= 65_535 ? port + HEALTH_PORT_ABOVE : port - HEALTH_PORT_ABOVE;
  }

  private static String instanceId(String text) {
    if (!text.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new IllegalArgumentException("it has characters other than printable ASCII without spaces");
    }
    return text;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT).replaceAll("[^!-~]", "-");
    } catch (UnknownHostException e) {
      // A host without a name is no reason not to serve; the random suffix still tells instances apart.
      return "instance";
    }
  }
}
