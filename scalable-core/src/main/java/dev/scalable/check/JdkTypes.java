package dev.scalable.check;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the JDK's own types are to the check, by name, since the compiler has no {@link Class} and the start has no
 * source. A type that is not named here is innocent: the check would rather miss one than accuse an app that is right.
 */
final class JdkTypes {

  private static final String COUNTS = "it changes in place";
  private static final String COLLECTS = "it can be added to";
  private static final String EXCLUDES = "it excludes only threads of this instance";
  private static final String POSITION = "it keeps a position between calls";
  private static final String FEEDS = "it keeps what it was given between calls, and is not safe for many threads";

  /** Classes and interfaces all of whose objects can change. */
  private static final Map<String, String> MUTABLE = Map.ofEntries(
      Map.entry("java.lang.StringBuilder", COLLECTS),
      Map.entry("java.lang.StringBuffer", COLLECTS),
      Map.entry("java.lang.ThreadLocal", "it keeps a value on a thread, which the next request on that thread finds"),
      Map.entry("java.lang.ref.Reference", "what it refers to vanishes at another time on each instance"),
      Map.entry("java.util.BitSet", COUNTS),
      Map.entry("java.util.Calendar", COUNTS),
      Map.entry("java.util.Date", "it can be set; java.time has types that cannot"),
      Map.entry("java.util.Dictionary", COLLECTS),
      Map.entry("java.util.EnumSet", COLLECTS),
      Map.entry("java.util.Queue", COLLECTS),
      Map.entry("java.util.StringJoiner", COLLECTS),
      Map.entry("java.util.AbstractMap.SimpleEntry", "its value can be set"),
      Map.entry("java.util.IntSummaryStatistics", COUNTS),
      Map.entry("java.util.LongSummaryStatistics", COUNTS),
      Map.entry("java.util.DoubleSummaryStatistics", COUNTS),
      Map.entry("java.util.Iterator", POSITION),
      Map.entry("java.util.Scanner", POSITION),
      Map.entry("java.util.concurrent.CompletableFuture", "it is completed on this instance alone"),
      Map.entry("java.util.concurrent.ConcurrentMap", COLLECTS),
      Map.entry("java.util.concurrent.CountDownLatch", COUNTS),
      Map.entry("java.util.concurrent.FutureTask", "it is completed on this instance alone"),
      Map.entry("java.util.concurrent.Semaphore", EXCLUDES),
      Map.entry("java.util.concurrent.locks.Lock", EXCLUDES),
      Map.entry("java.util.concurrent.locks.ReadWriteLock", EXCLUDES),
      Map.entry("java.util.concurrent.locks.StampedLock", EXCLUDES),
      Map.entry("java.util.regex.Matcher", POSITION),
      Map.entry("java.io.ByteArrayOutputStream", COLLECTS),
      Map.entry("java.io.InputStream", POSITION),
      Map.entry("java.io.Reader", POSITION),
      Map.entry("java.io.StringWriter", COLLECTS),
      Map.entry("java.nio.Buffer", POSITION),
      Map.entry("java.security.MessageDigest", FEEDS),
      Map.entry("javax.crypto.Cipher", FEEDS),
      Map.entry("javax.crypto.Mac", FEEDS),
      Map.entry("java.text.Format",
          "it keeps its last result, and is not safe for many threads; java.time has types that do not"));

  static final String ARRAY = "the elements of an array can be replaced";

  private JdkTypes() {}

  /**
   * A class or interface that a type is or extends.
   *
   * @param name its canonical name
   * @param concrete whether it is a class that can have objects of its own
   */
  record Ancestor(String name, boolean concrete) {}

  /**
   * Why objects of a type can change, judged by the JDK's types that it is or extends.
   *
   * @param lineage the type itself and all of its superclasses and interfaces
   * @return the reason; null when they are not known to change
   */
  static @Nullable String whyMutable(List<Ancestor> lineage) {
    boolean collection = lineage.stream()
        .anyMatch(each -> each.name().equals("java.util.Collection") || each.name().equals("java.util.Map"));
    for (Ancestor each : lineage) {
      String reason = MUTABLE.get(each.name());
      if (reason != null) {
        return reason;
      }
      if (each.name().startsWith("java.util.concurrent.atomic.") && !each.name().endsWith("FieldUpdater")) {
        return COUNTS;
      }
      // Those of the JDK that cannot be changed have no public class: they are met as objects only, at start.
      if (collection && each.concrete() && each.name().startsWith("java.util.")) {
        return COLLECTS;
      }
    }
    return null;
  }
}
