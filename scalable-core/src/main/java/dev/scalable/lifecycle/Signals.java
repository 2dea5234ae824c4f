package dev.scalable.lifecycle;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What SIGTERM and SIGINT do: the first one ends the process in order, through its shutdown hooks, the second at once.
 *
 * <p>The JVM's own handling does only the first, since the hooks run once: whoever has lost patience would be left with
 * SIGKILL. A handler of one's own is to be had by {@code sun.misc.Signal} alone. It is in the module jdk.unsupported,
 * which is exported on purpose, but the compiler warns of every mention of it and cannot be told not to: hence by
 * reflection.
 */
final class Signals {

  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  /** The exit code of a process that a signal ended is this and the signal's number, as shells have it. */
  private static final int SIGNALLED = 128;

  private Signals() {}

  static void secondEndsAtOnce() {
    AtomicBoolean first = new AtomicBoolean(true);
    for (String name : List.of("TERM", "INT")) {
      try {
        handle(name, number -> {
          if (first.getAndSet(false)) {
            System.exit(SIGNALLED + number);
          }
          log.warn("SIG{} came a second time: the process ends at once, with whatever is in flight", name);
          Runtime.getRuntime().halt(SIGNALLED + number);
        });
      } catch (ReflectiveOperationException | RuntimeException e) {
        // With -Xrs, or in a JVM without that module: the first signal then does what the JVM makes of it.
        log.info("a second SIG{} will not end the process at once: {}", name, String.valueOf(e.getMessage()));
      }
    }
  }

  /** {@code sun.misc.Signal.handle(new Signal(name), signal -> reaction.accept(signal.getNumber()))}. */
  private static void handle(String name, IntConsumer reaction) throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    MethodHandle number = MethodHandles.publicLookup()
        .findVirtual(signal, "getNumber", MethodType.methodType(int.class));
    MethodHandle accept = MethodHandles.publicLookup()
        .findVirtual(IntConsumer.class, "accept", MethodType.methodType(void.class, int.class)).bindTo(reaction);
    Object react = MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.filterArguments(accept, 0, number));
    signal.getMethod("handle", signal, handler)
        .invoke(null, signal.getConstructor(String.class).newInstance(name), react);
  }
}
