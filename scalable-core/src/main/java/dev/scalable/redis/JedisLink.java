package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.check.SharedState;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * Redis by Jedis: pooled connections for commands, and one that may block. Connects when first used, so Redis may come
 * later.
 */
@Singleton
@SharedState("the connections of this instance")
final class JedisLink implements Redis, Part {

  private final RedisSettings settings;
  private volatile @Nullable Open open;

  private record Open(Topology topology, StreamReader reader) {}

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
    Connector connector = new Connector(settings);
    Topology topology = Topology.of(settings, connector);
    open = new Open(topology, new StreamReader(topology, connector));
    topology.start();
  }

  @Override
  public void stop() {
    Open now = open;
    if (now != null) {
      now.reader().interrupt();
      now.topology().stop();
    }
  }

  private Open open() {
    Open now = open;
    if (now == null) {
      throw new IllegalStateException("Redis was used before the service has started");
    }
    return now;
  }

  private <T extends @Nullable Object> T ask(String tried, byte[] key, Function<UnifiedJedis, T> question) {
    Topology topology = open().topology();
    Breaker breaker = topology.breaker(key);
    Breaker.Pass pass = breaker.pass();
    if (pass == Breaker.Pass.NONE) {
      throw breaker.refusal(tried);
    }
    try {
      T answer = question.apply(topology.commands());
      breaker.answered(pass);
      return answer;
    } catch (JedisDataException e) {
      breaker.answered(pass);
      throw refused(tried, topology, e);
    } catch (JedisException e) {
      if (e instanceof JedisConnectionException || e.getCause() instanceof JedisConnectionException) {
        breaker.failed(pass, e);
        topology.unanswered();
      } else {
        // Not the server's fault: no connection became free in time.
        breaker.ended(pass);
      }
      throw unanswered(tried, topology, e);
    } catch (RuntimeException | Error e) {
      breaker.ended(pass);
      throw e;
    }
  }

  private static Unavailable refused(String tried, Topology topology, JedisDataException e) {
    // Also where it is said of a command within a script, behind other words.
    if (String.valueOf(e.getMessage()).contains("READONLY")) {
      topology.sentAway();
    }
    return new Unavailable(tried + " was refused by " + topology.describe() + ": " + e.getMessage(), e);
  }

  private static Unavailable unanswered(String tried, Topology topology, JedisException e) {
    return new Unavailable(tried + " got no answer from " + topology.describe() + ": " + reason(e), e);
  }

  /**
   * With what is behind it: that a connection failed is told by Jedis, and why by the JDK, perhaps as one of several
   * attempts.
   */
  private static String reason(Throwable told) {
    Throwable behind = told;
    while (behind.getCause() != null || behind.getSuppressed().length > 0) {
      behind = behind.getCause() != null ? behind.getCause() : behind.getSuppressed()[0];
    }
    String message = String.valueOf(told.getMessage());
    String more = String.valueOf(behind.getMessage());
    return message.contains(more) ? message : message + " (" + more + ")";
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return ask("GET", key, commands -> commands.get(key));
  }

  @Override
  public @Nullable Object run(Script script, List<byte[]> keys, List<byte[]> args) {
    return ask("A script", keys.getFirst(), commands -> {
      try {
        return commands.evalsha(script.digest().getBytes(UTF_8), keys, args);
      } catch (JedisNoScriptException e) {
        // The server has restarted, or sees this script for the first time.
        return commands.eval(script.source().getBytes(UTF_8), keys, args);
      }
    });
  }

  @Override
  public List<byte @Nullable []> getAll(List<byte[]> keys) {
    List<byte @Nullable []> values = new ArrayList<>(keys.size());
    if (keys.size() == 1) {
      values.add(get(keys.getFirst()));
    } else {
      values.addAll(ask("MGET", keys.getFirst(), commands -> commands.mget(keys.toArray(new byte[0][]))));
    }
    return values;
  }

  @Override
  public List<@Nullable Object> runEach(Script script, List<Run> runs) {
    List<byte[]> keys = runs.getFirst().keys();
    if (runs.size() == 1) {
      return Collections.singletonList(run(script, keys, runs.getFirst().args()));
    }
    return ask("A script, " + runs.size() + " times,", keys.getFirst(), commands -> {
      try {
        return pipelined(commands, runs, (pipeline, run) ->
            pipeline.evalsha(script.digest().getBytes(UTF_8), run.keys(), run.args()));
      } catch (JedisNoScriptException e) {
        // The server knew it for none of them: it executes what is sent at once in order, and forgets only what is
        // flushed.
        return pipelined(commands, runs, (pipeline, run) ->
            pipeline.eval(script.source().getBytes(UTF_8), run.keys(), run.args()));
      }
    });
  }

  private static List<@Nullable Object> pipelined(UnifiedJedis commands, List<Run> runs,
      BiFunction<AbstractPipeline, Run, Response<Object>> command) {
    List<Response<Object>> replies = new ArrayList<>(runs.size());
    try (AbstractPipeline pipeline = commands.pipelined()) {
      runs.forEach(run -> replies.add(command.apply(pipeline, run)));
      pipeline.sync();
    }
    List<@Nullable Object> results = new ArrayList<>(runs.size());
    replies.forEach(reply -> results.add(reply.get()));
    return results;
  }

  @Override
  public List<Entry> read(byte[] stream, String after, int count, Duration wait) {
    Open now = open();
    try {
      return now.reader().read(stream, after, count, wait);
    } catch (JedisDataException e) {
      throw refused("XREAD", now.topology(), e);
    } catch (JedisException e) {
      now.topology().unanswered();
      throw unanswered("XREAD", now.topology(), e);
    }
  }

  @Override
  public void interruptRead() {
    Open now = open;
    if (now != null) {
      now.reader().interrupt();
    }
  }

  @Override
  public int silentServers() {
    Open now = open;
    return now == null ? 0 : now.topology().silentServers();
  }
}
