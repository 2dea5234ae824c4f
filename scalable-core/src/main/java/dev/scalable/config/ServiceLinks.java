package dev.scalable.config;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * The variables that Kubernetes sets in every container for each service of the namespace, unless told not to
 * ({@code enableServiceLinks: false}). Those of a service called {@code scalable-shop} begin with {@code SCALABLE_SHOP_}, and so look
 * like settings of ours. See the Kubernetes documentation, "Service", section "Environment variables".
 */
final class ServiceLinks {

  /** What to do when such a variable has the name of a setting, as the port of a service called {@code scalable-http} has. */
  static final String REMEDY = "; this is the address of a Kubernetes service: set enableServiceLinks: false in the pod's spec";

  private static final String HOST = "_SERVICE_HOST";
  private static final String PORT = "_SERVICE_PORT";

  /** What stands after the name of a service. */
  private static final Pattern AFTER_NAME =
      Pattern.compile("_SERVICE_HOST|_SERVICE_PORT(_.+)?|_PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?");

  private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private ServiceLinks() {}

  /** Whether a name is one of a whole family of links. A single name that looks like one is none: it is a misspelt setting. */
  static boolean isLink(String name, Map<String, String> environment) {
    for (String host : environment.keySet()) {
      if (host.endsWith(HOST)) {
        String service = host.substring(0, host.length() - HOST.length());
        if (name.startsWith(service) && environment.containsKey(service + PORT)
            && AFTER_NAME.matcher(name.substring(service.length())).matches()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a value is what Kubernetes gives as the port of a service. */
  static boolean isAddress(String value) {
    return ADDRESS.matcher(value).matches();
  }
}
