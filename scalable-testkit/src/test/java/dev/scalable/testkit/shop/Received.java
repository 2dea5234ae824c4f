package dev.scalable.testkit.shop;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request.
 *
 * @param path without the query
 * @param headers by name in lower case, the last one of each
 */
record Received(String method, String path, Map<String, String> headers, String body) {
  @Nullable String header(String name) {
    return headers.get(name);
  }

  /** The part of the path after so many slashes: of {@code /products/7} the part 2 is {@code 7}. */
  String part(int number) {
    String[] parts = path.split("/", -1);
    if (parts.length <= number || parts[number].isEmpty()) {
      throw new Refused(404, "no part " + number + " in " + path);
    }
    return parts[number];
  }

  long partAsNumber(int number) {
    try {
      return Long.parseLong(part(number));
    } catch (NumberFormatException e) {
      throw new Refused(404, "no number as part " + number + " of " + path);
    }
  }

  /** A number of the body, which is a flat JSON object. */
  long number(String field) {
    Matcher found = Pattern.compile("\"" + field + "\"\\s*:\\s*(-?\\d{1,18})").matcher(body);
    if (!found.find()) {
      throw new Refused(400, "the body has no number \"" + field + "\"");
    }
    return Long.parseLong(found.group(1));
  }
}
