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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of a service, by name, as its environment gives them, or the settings file that the environment names in
 * {@link #CONFIG_FILE}. What stands in both is taken from the environment. A secret may also be given as the path of a file that
 * holds it, under the name with {@code _FILE} after it.
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

  /** Names a file of settings in the format of {@link java.util.Properties}, in UTF-8. */
  public static final String CONFIG_FILE = "SCALABLE_CONFIG_FILE";

  /** What stands after a secret's name when the value is the path of a file. */
  private static final String IN_FILE = "_FILE";

  private static final Logger log = LoggerFactory.getLogger(Settings.class);

  /** First the environment, then the settings file if there is one. */
  private final List<Source> sources = new ArrayList<>();
  private final Map<String, String> effective = new LinkedHashMap<>();
  /** Every name that was asked for, those too that have no value to be shown. */
  private final Set<String> known = new LinkedHashSet<>();
  private final List<String> mistakes = new ArrayList<>();

  private Settings(Map<String, String> environment) {
    sources.add(new Source("", environment));
  }

  /**
   * Where values come from.
   *
   * @param where what to say of it in a mistake, after the name; empty for the environment
   * @param values the values by name
   */
  private record Source(String where, Map<String, String> values) {

    @Nullable String value(String name) {
      String value = values.get(name);
      return value == null || value.isBlank() ? null : value.strip();
    }

    /** Whether a name is meant for this service: all in a settings file are, while an environment has others. */
    boolean means(String name) {
      return !where.isEmpty() || (name.startsWith(PREFIX) && !name.startsWith(TESTKIT_PREFIX));
    }
  }

  /**
   * What was given for a setting.
   *
   * @param value the value; null when there is none
   * @param where where it stands, as {@link Source#where()} says it
   * @param mistaken whether there is one that could not be read, which was noted
   */
  private record Given(@Nullable String value, String where, boolean mistaken) {}

  /**
   * Settings from names and values, as an environment has them.
   *
   * @param values the values by name; copied. The file that {@link #CONFIG_FILE} names is read now
   */
  public static Settings of(Map<String, String> values) {
    Settings settings = new Settings(Map.copyOf(values));
    settings.readFile();
    return settings;
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
   * A value of any kind.
   *
   * @param name name of the setting
   * @param orElse the value when it is absent, as text
   * @param wanted what such a value is, for the message when it is another
   * @param parse reads the text; throws an IllegalArgumentException that says what is wrong with it
   */
  public <T> T parsed(String name, String orElse, String wanted, Function<String, T> parse) {
    Given given = given(name, false);
    T standIn = parse.apply(orElse);
    effective(name, given.value() == null ? orElse : given.value());
    try {
      return given.value() == null ? standIn : parse.apply(given.value());
    } catch (IllegalArgumentException e) {
      note(name + "=" + given.value() + given.where() + " is not " + wanted + ": " + e.getMessage());
      return standIn;
    }
  }

  /**
   * A text that must never be printed. Only its presence shows in {@link #effective()} and in mistakes. May be given in a file: what
   * the setting with {@code _FILE} after its name points to, without the line break at its end.
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
   * A URI that must be given, with a host, or several separated by commas, unless its scheme has a scheme in it, as
   * those of JDBC. A password in it never shows in {@link #effective()} or in a mistake. May be given in a file, as a
   * {@link #secret} may.
   *
   * @param name name of the setting
   * @param example what such a URI looks like, for the message when it is missing
   * @param schemes the schemes accepted, each as a URI starts with it, for example {@code jdbc:postgresql}
   */
  public URI requiredUri(String name, String example, String... schemes) {
    String wanted = "a URI such as " + example;
    URI standIn = URI.create(example);
    Given given = given(name, true);
    if (given.value() == null) {
      if (!given.mistaken()) {
        note(name + " is not set: it must be " + wanted);
      }
      return standIn;
    }
    return read(name, standIn, wanted, true, value -> uri(value, schemes), Notation::withoutPassword);
  }

  /**
   * A URI that need not be given; otherwise as {@link #requiredUri}.
   *
   * @param name name of the setting
   * @param example what such a URI looks like, for the message when it is malformed
   * @param schemes the schemes accepted, each as a URI starts with it, for example {@code jdbc:postgresql}
   * @return the URI; empty when it is absent or malformed
   */
  public Optional<URI> uri(String name, String example, String... schemes) {
    return read(name, Optional.empty(), "a URI such as " + example, true, value -> Optional.of(uri(value, schemes)),
        value -> value.map(Notation::withoutPassword).orElse(""));
  }

  private static URI uri(String value, String... schemes) {
    for (String scheme : schemes) {
      if (value.startsWith(scheme + ":")) {
        try {
          URI uri = new URI(value);
          // Without this, a password with an @ or a slash in it would be taken for a part of the host or path.
          if (uri.getHost() != null || scheme.indexOf(':') >= 0 || Notation.isHosts(uri.getRawAuthority())) {
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
  }

  private synchronized <T> T read(String name, T orElse, String wanted, boolean hidden, Function<String, T> parse,
      Function<T, String> show) {
    Given given = given(name, hidden);
    String value = given.value();
    T result = orElse;
    if (value != null) {
      try {
        result = parse.apply(value);
      } catch (RuntimeException e) {
        note(name + (hidden ? " (value not shown)" : "=" + value) + given.where() + " is not " + wanted
            + (ServiceLinks.isAddress(value) ? ServiceLinks.REMEDY : ""));
      }
    }
    effective(name, show.apply(result));
    return result;
  }

  private synchronized void effective(String name, String shown) {
    effective.put(name, shown);
  }

  /** What the first source that has this setting gives for it; with {@code hidden} perhaps in a file. */
  private synchronized Given given(String name, boolean hidden) {
    known.add(name);
    if (hidden) {
      known.add(name + IN_FILE);
    }
    for (Source source : sources) {
      String value = source.value(name);
      String file = hidden ? source.value(name + IN_FILE) : null;
      if (value != null && file != null) {
        note(name + " and " + name + IN_FILE + " are both set" + source.where() + ": keep one of them");
        return new Given(null, source.where(), true);
      }
      if (value != null) {
        return new Given(value, source.where(), false);
      }
      if (file != null) {
        return inFile(name + IN_FILE, file, source.where());
      }
    }
    return new Given(null, "", false);
  }

  private Given inFile(String name, String file, String where) {
    try {
      return new Given(SettingsFile.secret(file), where, false);
    } catch (SettingsFile.Unreadable e) {
      note(name + "=" + file + where + " is not a file with a secret: " + e.getMessage());
      return new Given(null, where, true);
    }
  }

  private synchronized void readFile() {
    String file = given(CONFIG_FILE, false).value();
    effective(CONFIG_FILE, file == null ? "" : file);
    if (file == null) {
      return;
    }
    try {
      Map<String, String> values = SettingsFile.properties(file);
      if (values.containsKey(CONFIG_FILE)) {
        note(CONFIG_FILE + " in " + file + " is ignored: a settings file cannot name another");
      }
      sources.add(new Source(" in " + file, values));
    } catch (SettingsFile.Unreadable e) {
      note(CONFIG_FILE + "=" + file + " is not a file of settings: " + e.getMessage());
    }
  }

  /**
   * Notes a mistake that shows only when settings are seen together, or inside of a value.
   *
   * @param mistake names the settings and says what to do; must not hold a secret
   */
  public void mistake(String mistake) {
    note(mistake);
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
   * @throws ConfigException if a setting was missing or malformed, or a name under {@link #PREFIX}, or any name in the settings file,
   *     was not read by anyone. Links that Kubernetes sets for a service whose name begins with {@code scalable} are nobody's mistake
   */
  public synchronized void check() {
    List<String> all = new ArrayList<>(mistakes);
    List<String> links = new ArrayList<>();
    for (Source source : sources) {
      for (String name : new TreeSet<>(source.values().keySet())) {
        if (known.contains(name) || !source.means(name)) {
          continue;
        }
        if (ServiceLinks.isLink(name, source.values())) {
          links.add(name);
        } else {
          all.add(name + source.where() + " is not a setting" + NearMiss.hint(name, known));
        }
      }
    }
    if (!all.isEmpty()) {
      throw new ConfigException(all);
    }
    if (!links.isEmpty()) {
      log.info("{} and {} more names were set by Kubernetes as links to services and are not read; enableServiceLinks: false in the"
          + " pod's spec keeps them away", links.getFirst(), links.size() - 1);
    }
  }

  /** The settings in force, by name, in the order they were read, with secrets masked; a copy. */
  public synchronized Map<String, String> effective() {
    return new LinkedHashMap<>(effective);
  }
}
