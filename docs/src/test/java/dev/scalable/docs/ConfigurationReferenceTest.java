package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dagger.Component;
import dev.scalable.ScalableModule;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import dev.scalable.idempotency.Idempotent;
import dev.scalable.lifecycle.Service;
import dev.scalable.ratelimit.RateLimits;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on configuration lists the settings that a service reads, with the defaults that they have. */
class ConfigurationReferenceTest {

  private static final Pattern ROW =
      Pattern.compile("^\\| `(SCALABLE_[A-Z_]+)` \\| ([^|]*) \\| ([^|]*) \\|", Pattern.MULTILINE);

  private static final Map<String, String> REQUIRED = Map.of(
      // A name without spaces, for what the page says in words.
      "SCALABLE_INSTANCE_ID", "host-name-and-4-random-digits",
      "SCALABLE_DB_URL", "jdbc:postgresql://required/app",
      // Of Sentinels, since their password is refused where there are none.
      "SCALABLE_REDIS_URL", "redis-sentinel://required#master");

  /** Need not be given, and are no mere text. */
  private static final Map<String, String> OPTIONAL = Map.of("SCALABLE_DB_REPLICA_URL", "jdbc:postgresql://replica/app");

  /** All of the library, as an app has it; made, and not started. */
  @Singleton
  @Component(modules = ScalableModule.class)
  interface Everything {
    Service service();

    Settings settings();

    RateLimits limits();

    Idempotent idempotent();
  }

  @TempDir
  private Path folder;

  /** The settings after every part of a service has read its own. */
  private static Settings read(Map<String, String> environment) {
    Everything everything =
        DaggerConfigurationReferenceTest_Everything.builder().scalableModule(ScalableModule.with(environment)).build();
    everything.service();
    everything.limits();
    everything.idempotent();
    return everything.settings();
  }

  private static Matcher rows() throws IOException {
    return ROW.matcher(Files.readString(Path.of("reference", "configuration.md")));
  }

  @Test
  void every_setting_stands_on_the_page_with_its_default() throws IOException {
    Map<String, String> onThePage = new TreeMap<>();
    Matcher row = rows();
    while (row.find()) {
      onThePage.put(row.group(1), row.group(2).strip());
    }

    Map<String, String> inTheCode = new TreeMap<>(read(REQUIRED).effective());
    inTheCode.replaceAll((name, value) -> value.contains("//required") ? "required" : value.isEmpty() ? "empty" : value);
    inTheCode.computeIfPresent("SCALABLE_INSTANCE_ID", (name, value) -> value.replace('-', ' '));
    assertThat(onThePage).isEqualTo(inTheCode);
  }

  @Test
  void the_page_says_which_settings_may_stand_in_a_file_of_their_own() throws IOException {
    TreeSet<String> onThePage = new TreeSet<>();
    TreeSet<String> inTheCode = new TreeSet<>();
    Matcher row = rows();
    while (row.find()) {
      String name = row.group(1);
      if (row.group(3).endsWith("; or a file")) {
        onThePage.add(name);
      }
      Map<String, String> environment = new HashMap<>(REQUIRED);
      String value = environment.remove(name);
      value = value == null ? OPTIONAL.getOrDefault(name, "x") : value;
      environment.put(name + "_FILE", Files.writeString(folder.resolve(name), value).toString());
      try {
        read(environment).check();
        inTheCode.add(name);
      } catch (ConfigException unknown) {
        assertThat(unknown).hasMessageContaining(name + "_FILE is not a setting");
      }
    }
    assertThat(onThePage).isEqualTo(inTheCode).isNotEmpty();
  }
}
