package dev.scalable.redis;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The few operations on Redis that this library uses. Each takes at most the time that the settings give and throws
 * {@link Unavailable} when it did not get an answer; whether it had an effect is then unknown. While Redis does not
 * answer at all, calls fail at once. Keys and values are bytes.
 *
 * <p>Safe for use by many threads.
 */
public interface Redis {

  /**
   * The value of a key.
   *
   * @param key the key
   * @return the value, or null when there is none
   */
  byte @Nullable [] get(byte[] key);

  /**
   * The values of several keys, as they are at one moment, in one round trip.
   *
   * @param keys the keys, at least one, all in one hash slot
   * @return the values in the order of the keys, null where there is none
   */
  List<byte @Nullable []> getAll(List<byte[]> keys);

  /**
   * Runs a script, all of it at once and nothing else in between. Sent by its digest, in full only when the server does
   * not know it.
   *
   * @param script the script
   * @param keys the keys that it touches, all in one hash slot
   * @param args its arguments
   * @return its result: null, a Long, a byte[] or a List of such
   */
  @Nullable Object run(Script script, List<byte[]> keys, List<byte[]> args);

  /**
   * Runs a script several times in one round trip: each time all at once, but others may come in between. When it
   * throws, some may have run and others not.
   *
   * @param script the script
   * @param runs what each run gets, at least one
   * @return the results in the order of the runs, as of {@link #run}
   */
  List<@Nullable Object> runEach(Script script, List<Run> runs);

  /**
   * What one run of a script gets.
   *
   * @param keys the keys that it touches, all in one hash slot
   * @param args its arguments
   */
  record Run(List<byte[]> keys, List<byte[]> args) {}

  /**
   * Reads on in a stream, over a connection of its own, so that waiting keeps nobody else waiting. For one reader at a
   * time.
   *
   * @param stream key of the stream
   * @param after id of the last entry that was read
   * @param count most entries to return
   * @param wait how long to wait for an entry when there is none
   * @return the entries after that id, in order; empty when none came in time
   */
  List<Entry> read(byte[] stream, String after, int count, Duration wait);

  /**
   * Ends the {@link #read} that waits, from another thread: it throws {@link Unavailable}. The next one connects
   * anew. Does nothing if none waits.
   */
  void interruptRead();

  /**
   * How many servers are left alone at this time: each has left several calls in a row unanswered, so that all but one
   * in a second fail at once until it answers. In a cluster as many as its masters, else 0 or 1.
   */
  default int silentServers() {
    return 0;
  }

  /**
   * An entry of a stream.
   *
   * @param id its id, for example {@code 1763900000000-0}
   * @param fields its fields, by name
   */
  record Entry(String id, Map<String, byte[]> fields) {}

  /**
   * A Lua script.
   *
   * @param source the script's text
   * @param digest its SHA-1 in hexadecimal, by which EVALSHA names it
   */
  record Script(String source, String digest) {

    /**
     * A script from its text.
     *
     * @param source the text
     */
    public static Script of(String source) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
        return new Script(source, HexFormat.of().formatHex(digest));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java platform has SHA-1", e);
      }
    }
  }

  /**
   * Redis did not answer as it should: it is away, slow, or refused the command, or it was not asked since it has not
   * answered others of late; the message says which, and at what address.
   */
  final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1;

    Unavailable(String message, Throwable cause) {
      super(message, cause);
    }

    /** Of a call that was not tried: without a stack, since there may be many, and each is to cost next to nothing. */
    Unavailable(String message) {
      super(message, null, false, false);
    }
  }
}
