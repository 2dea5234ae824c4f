package dev.scalable.db;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a JDBC URL may not say. The driver takes a parameter of the URL for stronger than what we set, and each of these could switch a
 * limit off: then a server that is lost, or a statement that never ends, would hold a connection for ever.
 */
final class UrlParameters {

  private static final Map<String, String> OURS = Map.of(
      "connectTimeout", "SCALABLE_DB_CONNECT_TIMEOUT says it",
      "loginTimeout", "SCALABLE_DB_CONNECT_TIMEOUT says it",
      "socketTimeout", "it is 5 s longer than SCALABLE_DB_STATEMENT_TIMEOUT: were it shorter, or off, a connection would break"
          + " before the server can cancel the statement, or never",
      "tcpKeepAlive", "it is always on",
      "options", "the limits of SCALABLE_DB_STATEMENT_TIMEOUT and SCALABLE_DB_LOCK_TIMEOUT are passed in it; the schema is set with"
          + " currentSchema, other settings with ALTER ROLE",
      "readOnlyMode", "reads depend on it",
      "service", "the file that it names could say otherwise than the settings");

  private UrlParameters() {}

  /** What may not stand in the address of replicas. */
  private static final Map<String, String> OURS_OF_REPLICAS = Map.of(
      "targetServerType", "it is always secondary; what no replica can do is done with SCALABLE_DB_URL");

  /** What is wrong with the URL in a setting, without its values; empty if nothing is. */
  static List<String> mistakes(Servers servers, URI url) {
    List<String> mistakes = new ArrayList<>();
    String text = url.toString();
    int query = text.indexOf('?');
    if (query >= 0) {
      for (String parameter : text.substring(query + 1).split("&", -1)) {
        String name = parameter.split("=", 2)[0];
        String why = OURS.get(name);
        if (why == null && servers == Servers.REPLICAS) {
          why = OURS_OF_REPLICAS.get(name);
        }
        if (why != null) {
          mistakes.add(servers.url() + " must not have the parameter " + name + ": " + why);
        }
      }
    }
    return mistakes;
  }
}
