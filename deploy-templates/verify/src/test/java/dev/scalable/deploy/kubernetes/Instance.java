package dev.scalable.deploy.kubernetes;

import dev.scalable.cache.CacheSettings;
import dev.scalable.config.ConfigException;
import dev.scalable.config.Settings;
import dev.scalable.db.DbSettings;
import dev.scalable.redis.RedisSettings;
import dev.scalable.server.ServerSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the library makes of the environment of a container.
 *
 * @param mistakes what it would refuse to start with
 */
record Instance(ServerSettings server, DbSettings db, List<String> mistakes) {

  static Instance of(Workload workload, Manifests manifests) {
    Map<String, String> values = new LinkedHashMap<>();
    workload.environment(manifests).forEach((name, value) -> {
      // What is in the files is known in the cluster alone; that they are mounted is another check's.
      if (!name.endsWith("_FILE")) {
        values.put(name, value.text().orElse(""));
      }
    });
    values.put("SCALABLE_REDIS_URL", "redis://app-redis:6379");
    Settings settings = Settings.of(values);
    ServerSettings server = ServerSettings.from(settings);
    DbSettings db = DbSettings.from(settings);
    RedisSettings.from(settings);
    CacheSettings.from(settings);
    try {
      settings.checkRead();
      return new Instance(server, db, List.of());
    } catch (ConfigException e) {
      return new Instance(server, db, e.mistakes());
    }
  }
}
