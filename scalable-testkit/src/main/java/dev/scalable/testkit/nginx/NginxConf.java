package dev.scalable.testkit.nginx;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Nginx configuration that Scalable ships, in a folder: what is tested is what is deployed. Its files are copied as
 * they are; only those of its {@code site} folder are written for this cluster, see {@link NginxSite}.
 *
 * @param folder that of nginx.conf, absolute; to be given to nginx as its prefix
 */
public record NginxConf(Path folder) {

  /**
   * Every file of the template but its example site and its README. A list, as a class path cannot be asked for one.
   */
  public static final List<String> SHIPPED =
      List.of(
          "nginx.conf",
          "options/gzip.conf",
          "options/http2-min-1.25.1.conf",
          "options/keepalive-min-1.27.4.conf",
          "options/limits.conf",
          "options/real-ip.conf",
          "options/tls.conf",
          "parts/client.conf",
          "parts/error-pages.conf",
          "parts/errors.conf",
          "parts/log-format.conf",
          "parts/paths.conf",
          "parts/problem.conf",
          "parts/proxy.conf",
          "parts/request.conf",
          "parts/response-headers.conf",
          "parts/response.conf",
          "parts/routes.conf",
          "parts/status.conf",
          "parts/upstream.conf");

  private static final String RESOURCES = "/dev/scalable/deploy/nginx/";

  /**
   * Writes the configuration into a folder.
   *
   * @param folder made if absent; files of an earlier rendering are replaced
   * @param changed takes the place of shipped files, by path relative to nginx.conf; empty for the shipped configuration
   * @throws IllegalArgumentException if {@code changed} names a file that is not shipped, so would not be read
   * @throws UncheckedIOException if a file cannot be written
   */
  public static NginxConf write(Path folder, NginxSite site, Map<String, String> changed) {
    for (String name : changed.keySet()) {
      if (!SHIPPED.contains(name)) {
        throw new IllegalArgumentException(
            "the balancer's configuration has no file " + name + " that could be replaced; it has " + SHIPPED);
      }
    }
    NginxConf conf = new NginxConf(folder.toAbsolutePath().normalize());
    try {
      for (String part : List.of("logs", "options", "parts", "site")) {
        Files.createDirectories(conf.folder.resolve(part));
      }
      Map<String, String> files = new LinkedHashMap<>();
      for (String file : SHIPPED) {
        files.put(file, shipped(file));
      }
      files.putAll(changed);
      files.putAll(site.files());
      for (Map.Entry<String, String> file : files.entrySet()) {
        Files.writeString(conf.folder.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the configuration of nginx into " + conf.folder, e);
    }
    return conf;
  }

  /** The text of a shipped file, by its path relative to nginx.conf. */
  public static String shipped(String file) throws IOException {
    try (InputStream resource = NginxConf.class.getResourceAsStream(RESOURCES + file)) {
      if (resource == null) {
        throw new FileNotFoundException("no resource " + RESOURCES + file + ": is deploy-templates on the class path?");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The file that nginx is told to read. */
  public Path file() {
    return folder.resolve("nginx.conf");
  }

  /** One JSON object per request, at most 0.2 s late. */
  public Path accessLog() {
    return folder.resolve("logs/access.json");
  }

  /** What nginx complains of. */
  public Path errorLog() {
    return folder.resolve("logs/error.log");
  }
}
