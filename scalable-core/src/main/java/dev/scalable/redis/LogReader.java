package dev.scalable.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.scalable.check.SharedState;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.BuilderFactory;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.CommandObject;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisSocketFactory;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisMovedDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntryBinary;

/**
 * Reads a stream over one connection, to the server that has it, wherever that is. For one reader at a time; {@link
 * #interrupt} is for others.
 *
 * <p>It does not ask the breaker. It waits for nobody but itself, and that a read which waits half a second ends late
 * says nothing of the server.
 */
@SharedState("the connection of this instance that reads")
final class LogReader {

  private static final Logger log = LoggerFactory.getLogger(LogReader.class);

  private final Topology topology;
  private final Connector connector;

  // Of the reader.
  private @Nullable Connection connection;
  private @Nullable HostAndPort server;

  /** What the reader waits for can be ended from outside in no other way. */
  private volatile @Nullable Socket socket;

  LogReader(Topology topology, Connector connector) {
    this.topology = topology;
    this.connector = connector;
  }

  List<Redis.Entry> read(byte[] stream, String after, int count, Duration wait) {
    CommandObject<List<Map.Entry<byte[], List<StreamEntryBinary>>>> command = new CommandObject<>(
        new CommandArguments(Protocol.Command.XREAD)
            .addParams(new XReadParams().count(count).block((int) wait.toMillis()))
            .add(Protocol.Keyword.STREAMS).key(stream).add(new StreamEntryID(after)),
        BuilderFactory.STREAM_READ_BINARY_RESPONSE);
    try {
      return entries(ask(topology.serverOf(stream), command, false));
    } catch (JedisMovedDataException e) {
      topology.sentAway();
      return entries(ask(topology.serverOf(stream), command, false));
    } catch (JedisAskDataException e) {
      return entries(ask(e.getTargetNode(), command, true));
    }
  }

  private <T extends @Nullable Object> T ask(HostAndPort where, CommandObject<T> command, boolean asking) {
    try {
      Connection open = connected(where);
      if (asking) {
        open.executeCommand(Protocol.Command.ASKING);
      }
      return open.executeCommand(command);
    } catch (JedisRedirectionException e) {
      throw e;
    } catch (JedisException e) {
      close();
      if (String.valueOf(e.getMessage()).startsWith("UNBLOCKED")) {
        // The server has been made a replica.
        topology.sentAway();
      }
      throw e;
    }
  }

  private Connection connected(HostAndPort where) {
    Connection open = connection;
    if (open != null && where.equals(server) && open.isConnected() && !open.isBroken()) {
      return open;
    }
    close();
    Connection made = connector.toMaster(new OneSocket(where));
    connection = made;
    server = where;
    Eviction.warn(made, where);
    return made;
  }

  /** Closes the connection. By the reader, or when it has ended. */
  void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.disconnect();
      } catch (JedisException e) {
        log.debug("The connection that reads the stream could not be closed", e);
      }
    }
  }

  void interrupt() {
    Socket waiting = socket;
    if (waiting != null) {
      try {
        waiting.close();
      } catch (IOException e) {
        log.debug("The connection that reads the stream could not be closed; it ends with its timeout", e);
      }
    }
  }

  /** A connection whose socket was closed makes itself another and says nobody's name there: this one gets no other. */
  private final class OneSocket extends DefaultJedisSocketFactory {

    private boolean used;

    OneSocket(HostAndPort where) {
      super(where, connector.config());
    }

    @Override
    public Socket createSocket() {
      if (used) {
        throw new JedisConnectionException("the connection was closed by another thread");
      }
      used = true;
      Socket made = super.createSocket();
      socket = made;
      return made;
    }
  }

  private static List<Redis.Entry> entries(@Nullable List<Map.Entry<byte[], List<StreamEntryBinary>>> streams) {
    if (streams == null) {
      return List.of();
    }
    List<Redis.Entry> entries = new ArrayList<>();
    for (Map.Entry<byte[], List<StreamEntryBinary>> one : streams) {
      for (StreamEntryBinary entry : one.getValue()) {
        Map<String, byte[]> fields = new HashMap<>();
        entry.getFields().forEach((name, value) -> fields.put(new String(name, UTF_8), value));
        entries.add(new Redis.Entry(entry.getID().toString(), fields));
      }
    }
    return entries;
  }
}
