package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.ConnectionFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.providers.PooledConnectionProvider;
import redis.clients.jedis.resps.StreamEntryBinary;
import redis.clients.jedis.util.JedisURIHelper;

/** Redis by Jedis: one pool for commands, and one connection that may block. Connects when first used, so Redis may come later. */
@Singleton
@SharedState("the connections of this instance")
final class JedisLink implements Redis, Part {

  private static final Logger log = LoggerFactory.getLogger(JedisLink.class);

  /** What a blocking read may take, its own wait included; without a bound, a half-open link would never be noticed. */
  private static final Duration LONGEST_READ = Duration.ofMillis(1_500);

  private final RedisSettings settings;
  private volatile @Nullable Clients clients;
  /** Of the connection that reads: what it waits for can be ended from outside in no other way. */
  private volatile @Nullable Socket readerSocket;

  /** The two clients, made together. */
  private record Clients(RedisClient commands, RedisClient reader) {}

  @Inject
  JedisLink(RedisSettings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "the link to Redis";
  }

  @Override
  public Stage stage() {
    return Stage.CONNECTIONS;
  }

  @Override
  public void start() {
    clients = new Clients(client(settings.poolSize(), false), client(1, true));
  }

  private RedisClient client(int connections, boolean reads) {
    URI uri = settings.uri();
    int timeout = (int) settings.timeout().toMillis();
    ConnectionPoolConfig pool = new ConnectionPoolConfig();
    pool.setMaxTotal(connections);
    pool.setMaxIdle(connections);
    pool.setMaxWait(settings.timeout());
    DefaultJedisClientConfig.Builder config = DefaultJedisClientConfig.builder()
        .connectionTimeoutMillis(timeout)
        .socketTimeoutMillis(timeout)
        .blockingSocketTimeoutMillis((int) LONGEST_READ.toMillis())
        .user(JedisURIHelper.getUser(uri))
        .password(JedisURIHelper.getPassword(uri))
        .database(JedisURIHelper.getDBIndex(uri))
        .clientName("scalable");
    if (JedisURIHelper.isRedisSSLScheme(uri)) {
      config.sslOptions(SslOptions.defaults());
    }
    ConnectionFactory factory = ConnectionFactory.builder()
        .clientConfig(config.build())
        .socketFactory(sockets(config.build(), reads))
        .build();
    return RedisClient.builder().connectionProvider(new PooledConnectionProvider(factory, pool)).build();
  }

  private JedisSocketFactory sockets(JedisClientConfig config, boolean reads) {
    JedisSocketFactory sockets = new DefaultJedisSocketFactory(address(), config);
    return !reads ? sockets : () -> {
      Socket made = sockets.createSocket();
      readerSocket = made;
      return made;
    };
  }

  private HostAndPort address() {
    URI uri = settings.uri();
    return new HostAndPort(uri.getHost(), uri.getPort() < 0 ? Protocol.DEFAULT_PORT : uri.getPort());
  }

  @Override
  public void stop() {
    Clients opened = clients;
    if (opened != null) {
      opened.commands().close();
      opened.reader().close();
    }
  }

  private <T extends @Nullable Object> T ask(String tried, Function<Clients, T> question) {
    Clients opened = clients;
    if (opened == null) {
      throw new IllegalStateException("Redis was used before the service has started");
    }
    try {
      return question.apply(opened);
    } catch (JedisDataException e) {
      throw new Unavailable(tried + " was refused by Redis at " + address() + ": " + e.getMessage(), e);
    } catch (JedisException e) {
      throw new Unavailable(tried + " got no answer from Redis at " + address() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return ask("GET", opened -> opened.commands().get(key));
  }

  @Override
  public @Nullable Object run(Script script, List<byte[]> keys, List<byte[]> args) {
    return ask("A script", opened -> {
      try {
        return opened.commands().evalsha(script.digest().getBytes(UTF_8), keys, args);
      } catch (JedisNoScriptException e) {
        // The server has restarted, or sees this script for the first time.
        return opened.commands().eval(script.source().getBytes(UTF_8), keys, args);
      }
    });
  }

  @Override
  public List<byte @Nullable []> getAll(List<byte[]> keys) {
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    if (keys.size() == 1) {
      values.add(get(keys.getFirst()));
    } else {
      values.addAll(ask("MGET", opened -> opened.commands().mget(keys.toArray(new byte[0][]))));
    }
    return values;
  }

  @Override
  public List<@Nullable Object> runEach(Script script, List<Run> runs) {
    if (runs.size() == 1) {
      return Collections.singletonList(run(script, runs.getFirst().keys(), runs.getFirst().args()));
    }
    return ask("A script, " + runs.size() + " times,", opened -> {
      try {
        return pipelined(opened, runs, (pipeline, run) ->
            pipeline.evalsha(script.digest().getBytes(UTF_8), run.keys(), run.args()));
      } catch (JedisNoScriptException e) {
        // The server knew it for none of them: it executes what is sent at once in order, and forgets only what is flushed.
        return pipelined(opened, runs, (pipeline, run) ->
            pipeline.eval(script.source().getBytes(UTF_8), run.keys(), run.args()));
      }
    });
  }

  private static List<@Nullable Object> pipelined(Clients opened, List<Run> runs,
      BiFunction<AbstractPipeline, Run, Response<Object>> command) {
    List<Response<Object>> replies = new ArrayList<>(runs.size());
    try (AbstractPipeline pipeline = opened.commands().pipelined()) {
      runs.forEach(run -> replies.add(command.apply(pipeline, run)));
      pipeline.sync();
    }
    List<@Nullable Object> results = new ArrayList<>(runs.size());
    replies.forEach(reply -> results.add(reply.get()));
    return results;
  }

  @Override
  public List<Entry> read(byte[] stream, String after, int count, Duration wait) {
    XReadParams params = new XReadParams().count(count).block((int) wait.toMillis());
    List<Map.Entry<byte[], List<StreamEntryBinary>>> streams = ask("XREAD",
        opened -> opened.reader().xreadBinary(params, Map.of(stream, new StreamEntryID(after))));
    if (streams == null) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<byte[], List<StreamEntryBinary>> one : streams) {
      for (StreamEntryBinary entry : one.getValue()) {
        Map<String, byte[]> fields = new HashMap<>();
        entry.getFields().forEach((name, value) -> fields.put(new String(name, UTF_8), value));
        entries.add(new Entry(entry.getID().toString(), fields));
      }
    }
    return entries;
  }

  @Override
  public void interruptRead() {
    Socket waiting = readerSocket;
    if (waiting != null) {
      try {
        waiting.close();
      } catch (IOException e) {
        log.debug("The connection that reads the stream could not be closed; it ends with its timeout", e);
      }
    }
  }
}
