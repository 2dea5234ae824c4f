package dev.scalable.config;

import dev.scalable.check.SharedState;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a service, by name, as its environment gives them.
 *
 * <p>Each part of the service reads its own settings once, into a record. A setting that is missing or malformed does not throw:
 * the mistake is noted, a stand-in is returned, and {@link #check()}, called before anything is started, throws them all at
 * once, together with every name under the prefix {@code SCALABLE_} that nobody read. Until then nothing may act on a setting.
 *
 * <p>Safe for use by many threads.
 */
@SharedState("what the parts of this process have read, until the start has judged it")
public final class Settings {

  /** Names with this prefix belong to the library: one that nobody reads is a mistake. */
  public static final String PREFIX = "SCALABLE_";

  /** Names of the testkit's own, which its children inherit. */
  private static final String TESTKIT_PREFIX = "SCALABLE_TESTKIT_";

  private final Map<String, String> source;
  private final Map<String, String> effective = new LinkedHashMap<>();
  /** Every name that was asked for, those too that have no value to be shown. */
  private final Set<String> known = new LinkedHashSet<>();
  private final List<String> mistakes = new ArrayList<>();

  private Settings(Map<String, String> source) {
    this.source = source;
  }

  /**
   * Settings from names and values, as an environment has them.
   *
   * @param values the values by name; copied
   */
  public static Settings of(Map<String, String> values) {
    return new Settings(Map.copyOf(values));
  }

  /** Settings from the environment of this process. */
  public static Settings fromEnvironment() {
    return of(System.getenv());
  }

  /**
   * A text.
   *
   * @param name name of the setting
   * @param orElse the value when it is absent
   */
  public String text(String name, String orElse) {
    return read(name, orElse, "a text", false, Function.identity(), Function.identity());
  }

  /**
   * A text that must never be printed. Only its presence shows in {@link #effective()} and in mistakes.
   *
   * @param name name of the setting
   * @param orElse the value when it is absent
   */
  public String secret(String name, String orElse) {
    return read(name, orElse, "a text", true, Function.identity(), value -> value.isEmpty() ? "" : "****");
  }

  /**
   * A whole number within bounds.
   *
   * @param name name of the setting
   * @param orElse the value when it is absent
   * @param min least value accepted
   * @param max greatest value accepted
   */
  public int number(String name, int orElse, int min, int max) {
    return read(name, orElse, "a whole number from " + min + " to " + max, false, value -> {
      int number = Integer.parseInt(value);
      if (number < min || number > max) {
        throw new IllegalArgumentException("out of bounds");
      }
      return number;
    }, String::valueOf);
  }

  /**
   * A time span: a whole number with the unit {@code ms}, {@code s}, {@code m} or {@code h}, or ISO 8601 such as {@code PT2S}.
   *
   * @param name name of the setting
   * @param orElse the value when it is absent
   * @param min least value accepted
   * @param max greatest value accepted
   */
  public Duration duration(String name, Duration orElse, Duration min, Duration max) {
    String wanted = "a time span from " + Notation.format(min) + " to " + Notation.format(max) + " such as 250ms, 8s or 5m";
    return read(name, orElse, wanted, false, value -> {
      Duration span = Notation.parse(value);
      if (span.compareTo(min) < 0 || span.compareTo(max) > 0) {
        throw new IllegalArgumentException("out of bounds");
      }
      return span;
    }, Notation::format);
  }

  /**
   * One of a closed set of choices, named in any case.
   *
   * @param name name of the setting
   * @param choices the enum that lists them
   * @param orElse the value when it is absent
   */
  public <E extends Enum<E>> E choice(String name, Class<E> choices, E orElse) {
    String wanted = "one of " + Arrays.toString(choices.getEnumConstants()).toLowerCase(Locale.ROOT);
    return read(name, orElse, wanted, false, value -> Enum.valueOf(choices, value.toUpperCase(Locale.ROOT)),
        value -> value.name().toLowerCase(Locale.ROOT));
  }

  /**
   * A URI that must be given, with a host unless its scheme has a scheme in it, as those of JDBC. A password in it never shows in
   * {@link #effective()} or in a mistake.
   *
   * @param name name of the setting
   * @param example what such a URI looks like, for the message when it is missing
   * @param schemes the schemes accepted, each as a URI starts with it, for example {@code jdbc:postgresql}
   */
  public URI requiredUri(String name, String example, String... schemes) {
    String wanted = "a URI such as " + example;
    URI standIn = URI.create(example);
    if (value(name) == null) {
      note(name + " is not set: it must be " + wanted);
      return standIn;
    }
    return read(name, standIn, wanted, true, value -> {
      for (String scheme : schemes) {
        if (value.startsWith(scheme + ":")) {
          try {
            URI uri = new URI(value);
            // Without this, a password with an @ or a slash in it would be taken for a part of the host or path.
            if (uri.getHost() != null || scheme.indexOf(':') >= 0) {
              return uri;
            }
            throw new IllegalArgumentException("no host");
          } catch (URISyntaxException e) {
            // The exception's own message would repeat the value, and with it a password.
            throw new IllegalArgumentException("not well-formed at character " + e.getIndex());
          }
        }
      }
      throw new IllegalArgumentException("another scheme");
    }, Notation::withoutPassword);
  }

  private synchronized <T> T read(String name, T orElse, String wanted, boolean hidden, Function<String, T> parse,
      Function<T, String> show) {
    String value = value(name);
    T result = orElse;
    if (value != null) {
      try {
        result = parse.apply(value);
      } catch (RuntimeException e) {
        note(name + (hidden ? " (value not shown)" : "=" + value) + " is not " + wanted);
      }
    }
    effective.put(name, show.apply(result));
    return result;
  }

  private synchronized @Nullable String value(String name) {
    known.add(name);
    String value = source.get(name);
    return value == null || value.isBlank() ? null : value.strip();
  }

  private synchronized void note(String mistake) {
    mistakes.add(mistake);
  }

  /**
   * Ends the reading of settings in a process that needs only a part of them, such as a migration.
   *
   * @throws ConfigException if a setting that was read was missing or malformed
   */
  public synchronized void checkRead() {
    if (!mistakes.isEmpty()) {
      throw new ConfigException(mistakes);
    }
  }

  /**
   * Ends the reading of settings.
   *
   * @throws ConfigException if a setting was missing or malformed, or a name under {@link #PREFIX} was not read by anyone
   */
  public synchronized void check() {
    List<String> all = new ArrayList<>(mistakes);
    for (String name : new TreeSet<>(source.keySet())) {
      if (name.startsWith(PREFIX) && !name.startsWith(TESTKIT_PREFIX) && !known.contains(name)) {
        all.add(name + " is not a setting" + NearMiss.hint(name, known));
      }
    }
    if (!all.isEmpty()) {
      throw new ConfigException(all);
    }
  }

  /** The settings in force, by name, in the order they were read, with secrets masked; a copy. */
  public synchronized Map<String, String> effective() {
    return new LinkedHashMap<>(effective);
  }
}
