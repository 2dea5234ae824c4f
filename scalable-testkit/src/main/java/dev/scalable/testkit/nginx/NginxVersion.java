package dev.scalable.testkit.nginx;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;

/** The version of an nginx, such as 1.22.1. */
public record NginxVersion(int major, int minor, int patch) implements Comparable<NginxVersion> {

  private static final Pattern REPORTED = Pattern.compile("nginx/(\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})");
  private static final Comparator<NginxVersion> ORDER =
      Comparator.comparingInt(NginxVersion::major)
          .thenComparingInt(NginxVersion::minor)
          .thenComparingInt(NginxVersion::patch);

  /**
   * The version in what {@code nginx -v} printed, such as {@code nginx version: nginx/1.22.1}; empty if it has none.
   */
  public static Optional<NginxVersion> in(String report) {
    return REPORTED
        .matcher(report)
        .results()
        .findFirst()
        .map(
            found ->
                new NginxVersion(
                    Integer.parseInt(found.group(1)),
                    Integer.parseInt(found.group(2)),
                    Integer.parseInt(found.group(3))));
  }

  /** Whether this version is {@code other} or a later one. */
  public boolean isAtLeast(NginxVersion other) {
    return compareTo(other) >= 0;
  }

  @Override
  public int compareTo(NginxVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch;
  }
}
