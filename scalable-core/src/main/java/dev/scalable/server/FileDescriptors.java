package dev.scalable.server;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many connections the system's limit on open files leaves room for. */
final class FileDescriptors {

  private static final Logger log = LoggerFactory.getLogger(FileDescriptors.class);

  /** For everything but the clients of the server: jars, logs, pools, selectors, the health port. */
  private static final int OTHERS = 256;

  private FileDescriptors() {}

  /**
   * The limit to set: as asked for, or less with a line in the log. To accept until the system refuses would take the
   * descriptors from pools and logs as well, and XNIO then pauses for up to 30 seconds before it accepts again.
   *
   * @param asked most connections, by the settings
   */
  static int limit(int asked) {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? limit(asked, system.getMaxFileDescriptorCount()) : asked;
  }

  static int limit(int asked, long descriptors) {
    // Tells nothing where there is no limit.
    if (descriptors <= 0 || asked <= descriptors - OTHERS) {
      return asked;
    }
    int most = (int) Math.max(1, Math.max(descriptors - OTHERS, descriptors / 2));
    log.warn("this process may open {} files (ulimit -n): at most {} connections are open at once, not {}; raise that limit, or lower"
        + " SCALABLE_HTTP_MAX_CONNECTIONS", descriptors, most, asked);
    return Math.min(asked, most);
  }
}
