package dev.scalable.deploy.kubernetes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The configuration that the pods of Nginx get, from the config maps that they mount.
 *
 * @param files by their path below the folder of nginx.conf
 */
record NginxFiles(Map<String, Node> files) {

  private static final Pattern COMMENT = Pattern.compile("(?m)#.*$");

  static NginxFiles of(Workload nginx, Manifests manifests) {
    Map<String, Node> files = new LinkedHashMap<>();
    for (Node mount : nginx.container().items("volumeMounts")) {
      String path = mount.text("mountPath").orElse("").replaceFirst("^/etc/scalable/?", "");
      for (Node volume : nginx.template().items("spec", "volumes")) {
        if (volume.text("name").equals(mount.text("name"))) {
          volume.all().flatMap(node -> node.text("configMap", "name").stream())
              .flatMap(name -> manifests.one("ConfigMap", name).stream())
              .forEach(configMap -> ((Node.Mapping) configMap.document().at("data").orElseThrow()).entries()
                  .forEach((key, value) ->
                  files.put(mount.text("subPath").isPresent() ? path : path + "/" + key, value)));
        }
      }
    }
    return new NginxFiles(files);
  }

  /** The arguments of a directive, from the first file that has it. */
  Optional<String> directive(String name) {
    Pattern directive = Pattern.compile("(?m)^\\s*" + name + "\\s+([^;]+);");
    return files.values().stream().map(NginxFiles::code).map(directive::matcher).filter(Matcher::find)
        .map(found -> found.group(1)).findFirst();
  }

  /** The text of a file without comments; empty if it is not there. */
  String code(String file) {
    return Optional.ofNullable(files.get(file)).map(NginxFiles::code).orElse("");
  }

  /** Where a file was written. */
  Place place(String file, Place orElse) {
    return Optional.ofNullable(files.get(file)).map(Node::place).orElse(orElse);
  }

  static String code(Node file) {
    return COMMENT.matcher(file.text().orElse("")).replaceAll("");
  }
}
