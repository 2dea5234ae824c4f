package dev.scalable.testkit.load;

import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The header lines of one response as they came, already checked by the reader: each is {@code name:value CRLF}. Looked
 * into on demand, because a load run asks for one or two of them per answer.
 */
final class HeaderBlock {
  private final byte[] bytes;

  HeaderBlock(byte[] bytes) {
    this.bytes = bytes;
  }

  @Nullable String first(String name) {
    for (int line = 0; line < bytes.length; line = Ascii.lineEnd(bytes, line)) {
      if (isNamed(line, name)) {
        return value(line + name.length() + 1);
      }
    }
    return null;
  }

  void forEach(BiConsumer<String, String> each) {
    for (int line = 0; line < bytes.length; line = Ascii.lineEnd(bytes, line)) {
      int colon = Ascii.indexOf(bytes, line, bytes.length, ':');
      each.accept(new String(bytes, line, colon - line, StandardCharsets.ISO_8859_1), value(colon + 1));
    }
  }

  private boolean isNamed(int line, String name) {
    return line + name.length() < bytes.length
        && bytes[line + name.length()] == ':'
        && Ascii.equalsIgnoreCase(bytes, line, name);
  }

  private String value(int from) {
    int start = from;
    int end = Ascii.lineEnd(bytes, from);
    while (end > start && bytes[end - 1] <= ' ' && bytes[end - 1] >= 0) {
      end--;
    }
    while (start < end && (bytes[start] == ' ' || bytes[start] == '\t')) {
      start++;
    }
    return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
  }
}
