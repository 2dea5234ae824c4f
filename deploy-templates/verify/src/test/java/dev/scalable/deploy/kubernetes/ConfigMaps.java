package dev.scalable.deploy.kubernetes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/** What kustomize's {@code configMapGenerator} makes of files, lists of settings and literals. */
final class ConfigMaps {

  /** As kustomize writes digits that could be read as words. */
  private static final Map<Character, Character> SAFE = Map.of('0', 'g', '1', 'h', '3', 'k', 'a', 'm', 'e', 't');

  private ConfigMaps() {}

  /** Puts the data of one generator into a config map. */
  static void fill(Node.Mapping configMap, Node generator, Path root, Path folder) {
    Node.Mapping data = configMap.child("data");
    for (Node item : generator.items("envs")) {
      Path file = folder.resolve(item.text().orElseThrow());
      List<String> lines = read(root, file, item).lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank() && !lines.get(i).startsWith("#")) {
          put(data, lines.get(i), new Place(file, i + 1, 1));
        }
      }
    }
    for (Node item : generator.items("files")) {
      Path file = folder.resolve(item.text().orElseThrow());
      data.entries().put(file.getFileName().toString(), new Node.Scalar(Place.of(file), read(root, file, item)));
    }
    for (Node item : generator.items("literals")) {
      put(data, item.text().orElseThrow(), item.place());
    }
  }

  private static void put(Node.Mapping data, String line, Place place) {
    int equals = line.indexOf('=');
    if (equals < 1) {
      throw new Mistake(place, "is not NAME=value");
    }
    data.entries().put(line.substring(0, equals), new Node.Scalar(place, line.substring(equals + 1)));
  }

  private static String read(Path root, Path file, Node item) {
    if (!Files.isRegularFile(root.resolve(file))) {
      throw new Mistake(item.place(), "there is no file " + file);
    }
    try {
      return Files.readString(root.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name with the hash of what is in it, as kustomize computes it. */
  static String hashed(Resource configMap) {
    Map<String, Object> content = new TreeMap<>();
    content.put("kind", "ConfigMap");
    content.put("name", "");            // so does kustomize
    content.put("data", new TreeMap<>(configMap.document().texts("data")));
    // Go's encoder writes these as escapes.
    String json = JsonMapper.shared().writeValueAsString(content)
        .replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e");
    StringBuilder suffix = new StringBuilder();
    for (char digit : sha256(json).substring(0, 10).toCharArray()) {
      suffix.append(SAFE.getOrDefault(digit, digit));
    }
    return configMap.name() + "-" + suffix;
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
          .digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
