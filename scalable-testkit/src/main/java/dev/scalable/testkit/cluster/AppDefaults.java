package dev.scalable.testkit.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** How apps of the frameworks on the class path are told their settings, as those frameworks say themselves. */
record AppDefaults(Map<String, String> environment, String readiness, String instanceHeader) {
  static final String READINESS = "/health/ready";
  static final String INSTANCE_HEADER = "X-Instance-Id";

  private static final String RESOURCE = "META-INF/scalable-testkit/app.properties";
  private static final String ENVIRONMENT = "env.";

  /** Reads all such resources. Of two that say the same, the one that comes first on the class path wins. */
  static AppDefaults load() {
    Properties all = new Properties();
    try {
      List<URL> found = Collections.list(ClassLoader.getSystemResources(RESOURCE));
      Collections.reverse(found);
      for (URL resource : found) {
        try (InputStream in = resource.openStream()) {
          all.load(in);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + RESOURCE + " on the class path", e);
    }
    Map<String, String> environment = new LinkedHashMap<>();
    for (String key : all.stringPropertyNames()) {
      if (key.startsWith(ENVIRONMENT)) {
        environment.put(key.substring(ENVIRONMENT.length()), all.getProperty(key));
      }
    }
    return new AppDefaults(environment, all.getProperty("readiness", READINESS),
        all.getProperty("instance.header", INSTANCE_HEADER));
  }
}
