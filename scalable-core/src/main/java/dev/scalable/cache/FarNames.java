package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What keys are called in Redis. All of a namespace are in one hash slot, since scripts touch several at once.
 *
 * @param namespace prefix of all
 */
record FarNames(String namespace) {

  private byte[] key(String name) {
    return ("{" + namespace + "}" + name).getBytes(UTF_8);
  }

  byte[] value(String cache, String key) {
    return key("v:" + cache + ":" + key);
  }

  /** Of the right to fill a value. */
  byte[] lease(String cache, String key) {
    return key("l:" + cache + ":" + key);
  }

  byte[] generation(String cache) {
    return key("g:" + cache);
  }

  /** The stream of invalidations. */
  byte[] log() {
    return key("inv");
  }

  /** The name of the log's newest entry. */
  byte[] last() {
    return key("last");
  }

  /** A name for the time in which nothing of all this was lost. */
  byte[] epoch() {
    return key("epoch");
  }

  /** The history of the server in which the epoch has begun. */
  byte[] server() {
    return key("server");
  }
}
