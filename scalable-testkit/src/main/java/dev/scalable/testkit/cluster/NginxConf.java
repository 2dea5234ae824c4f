package dev.scalable.testkit.cluster;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Nginx configuration that Scalable ships, in a run folder and accepted by nginx: what is tested is what is
 * deployed. Its files are copied as they are; only those of its {@code site} folder are written for this cluster, see
 * {@link NginxSite}.
 *
 * @param folder absolute; nginx writes nothing outside of it
 */
record NginxConf(Path folder, NginxBinary nginx) {

  /**
   * Every file of the template but its example site and its README. A list, as a class path cannot be asked for one.
   */
  static final List<String> SHIPPED =
      List.of(
          "nginx.conf",
          "options/gzip.conf",
          "options/keepalive-min-1.27.4.conf",
          "options/limits.conf",
          "options/real-ip.conf",
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
  private static final Duration CHECK_LIMIT = Duration.ofSeconds(20);

  /**
   * Writes the configuration into a folder and has nginx check it.
   *
   * @param runDir made if absent; files of an earlier rendering are replaced
   * @param slots where instances are or may come; at least one
   * @param port of the balancer, on loopback
   * @param statusPort of {@code /stub_status}, {@code /lb-health} and {@code /calibration} (204), on loopback
   * @throws NginxConfException if nginx refuses it
   * @throws UncheckedIOException if a file cannot be written
   * @throws ClusterException if nginx cannot be run
   */
  static NginxConf render(Path runDir, NginxBinary nginx, List<InetSocketAddress> slots, int port, int statusPort) {
    NginxConf conf = new NginxConf(runDir.toAbsolutePath().normalize(), nginx);
    try {
      for (String part : List.of("logs", "options", "parts", "site")) {
        Files.createDirectories(conf.folder.resolve(part));
      }
      for (String file : SHIPPED) {
        conf.write(file, shipped(file));
      }
      NginxSite site = new NginxSite(slots, port, statusPort, CurrentUser.isRoot(), nginx.version());
      for (Map.Entry<String, String> file : site.files().entrySet()) {
        conf.write(file.getKey(), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot prepare nginx in " + conf.folder, e);
    }
    conf.check();
    return conf;
  }

  /**
   * The command line that runs nginx in the foreground. SIGTERM ends it at once, SIGQUIT when open requests are
   * answered; SIGKILL leaves its workers running. A start that fails says so on standard error and in {@link
   * #errorLog()}; on a port in use that takes 2.5 s.
   */
  List<String> command() {
    List<String> command = new ArrayList<>(invocation());
    command.addAll(List.of("-g", "daemon off;"));
    return List.copyOf(command);
  }

  /** One JSON object per request, at most 0.2 s late. */
  Path accessLog() {
    return folder.resolve("logs/access.json");
  }

  Path errorLog() {
    return folder.resolve("logs/error.log");
  }

  private void check() {
    List<String> command = new ArrayList<>(invocation());
    command.add("-t");
    FinishedCommand check = Shell.run(folder, CHECK_LIMIT, command);
    if (check.exitCode() != 0) {
      throw new NginxConfException(
          "nginx %s (%s) refuses the configuration in %s:%n%s"
              .formatted(nginx.version(), nginx.path(), folder, check.output()));
    }
  }

  private List<String> invocation() {
    return List.of(
        nginx.path().toString(),
        "-p", folder + "/",
        "-c", folder.resolve("nginx.conf").toString(),
        "-e", errorLog().toString());
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  private static String shipped(String file) throws IOException {
    try (InputStream resource = NginxConf.class.getResourceAsStream(RESOURCES + file)) {
      if (resource == null) {
        throw new FileNotFoundException("No resource " + RESOURCES + file + ": is deploy-templates on the class path?");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
