package dev.scalable.telemetry;

import dev.scalable.config.Settings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where requests are logged, and which are slow.
 *
 * @param accessLog where the access log goes: {@link #STDOUT}, {@link #OFF}, or the path of a file
 * @param slowRequest a request that takes longer is told as a warning
 */
record TelemetrySettings(String accessLog, Duration slowRequest) {

  /**
   * To standard output. The default: it is where an orchestrator or systemd collects what a service says, and it needs neither a
   * writable disk nor a rotation.
   */
  static final String STDOUT = "stdout";

  /** Nowhere. */
  static final String OFF = "off";

  /** Reads {@code SCALABLE_ACCESS_LOG} and {@code SCALABLE_HTTP_SLOW_REQUEST}. */
  static TelemetrySettings from(Settings settings) {
    return new TelemetrySettings(
        settings.parsed("SCALABLE_ACCESS_LOG", STDOUT, "stdout, off or the path of a file", TelemetrySettings::place),
        settings.duration("SCALABLE_HTTP_SLOW_REQUEST", Duration.ofSeconds(1), Duration.ofMillis(1), Duration.ofHours(1)));
  }

  private static String place(String text) {
    try {
      // "true" or "on" would otherwise become a file of that name in the working folder.
      if (!text.equals(STDOUT) && !text.equals(OFF) && Path.of(text).getNameCount() < 2) {
        throw new IllegalArgumentException("a path has a slash in it");
      }
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(e.getReason(), e);
    }
    return text;
  }
}
