package dev.scalable.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * An instance, as a process, that changes an item and is gone right after the commit, before it has invalidated
 * anything.
 */
final class DyingWriter {

  private DyingWriter() {}

  /** Configured by the environment; the name to give to item 1. */
  public static void main(String[] args) throws Exception {
    CacheInstance instance = CacheInstance.start(Map.copyOf(System.getenv()));
    TwoTierCache<Long, Items.Item> cache = Items.cache(instance);
    instance.db().write(tx -> {
      // Actions run in their order: this comes before the one that invalidates.
      tx.onEnd(outcome -> die());
      Items.set(tx, 1, args[0]);
      cache.invalidate(tx, 1L);
      return 0;
    });
    throw new AssertionError("it has outlived its end");
  }

  private static void die() {
    try {
      new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid())).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (true) {
      LockSupport.park();
    }
  }
}
