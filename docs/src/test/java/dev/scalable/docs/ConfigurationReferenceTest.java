package dev.scalable.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.cache.CacheSettings;
import dev.scalable.config.Settings;
import dev.scalable.db.DbSettings;
import dev.scalable.ratelimit.RateLimitSettings;
import dev.scalable.redis.RedisSettings;
import dev.scalable.server.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page on configuration lists the settings that there are, with the defaults that they have. */
class ConfigurationReferenceTest {

  private static final Pattern ROW = Pattern.compile("^\\| `(SCALABLE_[A-Z_]+)` \\| ([^|]*) \\|", Pattern.MULTILINE);

  @Test
  void every_setting_stands_on_the_page_with_its_default() throws IOException {
    Settings settings = Settings.of(Map.of(
        "SCALABLE_INSTANCE_ID", "host name and 4 random digits",
        "SCALABLE_DB_URL", "jdbc:postgresql://required/app",
        "SCALABLE_REDIS_URL", "redis://required"));
    ServerSettings.from(settings);
    DbSettings.from(settings);
    RedisSettings.from(settings);
    CacheSettings.from(settings);
    RateLimitSettings.from(settings);

    Map<String, String> onThePage = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("reference", "configuration.md")));
    while (row.find()) {
      onThePage.put(row.group(1), row.group(2).strip());
    }

    Map<String, String> inTheCode = new TreeMap<>(settings.effective());
    inTheCode.replaceAll((name, value) -> value.contains("//required") ? "required" : value.isEmpty() ? "empty" : value);
    assertThat(onThePage).isEqualTo(inTheCode);
  }
}
