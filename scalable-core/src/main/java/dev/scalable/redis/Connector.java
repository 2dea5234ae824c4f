package dev.scalable.redis;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Makes connections as the settings say. Safe for use by many threads. */
final class Connector {

  /** What a blocking read may take, its own wait included; without a bound, a half-open link would never be noticed. */
  private static final Duration LONGEST_READ = Duration.ofMillis(1_500);

  private final RedisSettings settings;
  private final JedisClientConfig config;
  private final JedisClientConfig sentinelConfig;

  /**
   * With settings that {@link RedisSettings#from} has not complained of.
   *
   * @throws IllegalArgumentException if they are otherwise
   */
  Connector(RedisSettings settings) {
    this.settings = settings;
    Servers servers = settings.servers();
    SslOptions tls = servers.tls() ? Tls.options(settings.authority()) : null;
    this.config = common(tls).user(servers.user()).password(servers.password()).database(servers.database()).build();
    this.sentinelConfig =
        common(tls).password(settings.sentinelPassword().isEmpty() ? null : settings.sentinelPassword()).build();
  }

  private DefaultJedisClientConfig.Builder common(@Nullable SslOptions tls) {
    int timeout = (int) settings.timeout().toMillis();
    DefaultJedisClientConfig.Builder builder = DefaultJedisClientConfig.builder()
        .connectionTimeoutMillis(timeout)
        .socketTimeoutMillis(timeout)
        .blockingSocketTimeoutMillis((int) LONGEST_READ.toMillis())
        // Said, since a client that is not told asks a server when it is made, and there may be none yet.
        .protocol(RedisProtocol.RESP3)
        .clientName("scalable");
    return tls == null ? builder : builder.sslOptions(tls);
  }

  Duration timeout() {
    return settings.timeout();
  }

  JedisClientConfig config() {
    return config;
  }

  JedisClientConfig sentinelConfig() {
    return sentinelConfig;
  }

  ConnectionPoolConfig poolConfig() {
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(settings.poolSize());
    pool.setMaxIdle(settings.poolSize());
    pool.setMaxWait(settings.timeout());
    // There are metrics; the platform's server of beans takes a tenth of a start.
    pool.setJmxEnabled(false);
    return pool;
  }

  /** A pool of connections to a server that is to be a master. */
  ConnectionPool pool(HostAndPort server) {
    return new ConnectionPool(new ToMaster(new DefaultJedisSocketFactory(server, config), config), poolConfig());
  }

  /** One connection, over a socket of this factory, to a server that is to be a master. */
  Connection toMaster(JedisSocketFactory sockets) {
    Connection made = new Connection(sockets, config);
    requireMaster(made);
    return made;
  }

  private static final class ToMaster extends ConnectionFactory {

    ToMaster(JedisSocketFactory sockets, JedisClientConfig config) {
      super(builder().clientConfig(config)
          .connectionBuilder(Connection.builder().socketFactory(sockets).clientConfig(config)));
    }

    @Override
    protected void initialize(Connection made) {
      super.initialize(made);
      requireMaster(made);
    }
  }

  /** A replica answers reads from what it has heard of so far: it would prove things current that are not. */
  private static void requireMaster(Connection made) {
    try {
      Map<String, Object> server = made.executeCommand(
          new CommandObject<>(new CommandArguments(Protocol.Command.HELLO), BuilderFactory.ENCODED_OBJECT_MAP));
      Object role = server.get("role");
      if ("replica".equals(role) || "slave".equals(role)) {
        throw new JedisConnectionException("it is a replica of another server and not a master");
      }
    } catch (RuntimeException e) {
      made.disconnect();
      throw e;
    }
  }
}
