package dev.scalable.db;

import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Whether the driver can read a JDBC URL. It would repeat one that it cannot read, with any password in it, in its log
 * and in its messages; so none gets that far.
 */
final class UrlForm {

  private static final String PORT = "(?:[1-5]?\\d{1,4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";
  private static final String HOST = "(?:[\\w.-]*|\\[[\\da-fA-F:.]+])(?::" + PORT + ")?";
  private static final Pattern URL =
      Pattern.compile("jdbc:postgresql:(?://" + HOST + "(?:," + HOST + ")*/)?[^/?]*(?:\\?.*)?");

  private UrlForm() {}

  /** What is wrong with the URL in a setting, without its value; empty if nothing is. */
  static List<String> mistakes(Servers servers, URI url) {
    return URL.matcher(url.toString()).matches() ? List.of()
        : List.of(servers.url() + " (value not shown) is not jdbc:postgresql://host:port/database, perhaps with more"
            + " hosts after commas and parameters after a ?: user and password are given in SCALABLE_DB_USER and"
            + " SCALABLE_DB_PASSWORD, not before the host");
  }
}
