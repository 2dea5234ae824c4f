package dev.scalable.openapi;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * JSON with a line for each value, so that two versions can be compared by line. For maps, lists, texts, numbers and
 * truth values; the codec of the service writes one line, and what it writes may depend on how it is set.
 */
final class Indented {

  private static final String STEP = "  ";

  private final StringBuilder out = new StringBuilder();

  private Indented() {}

  /** A value as JSON, with a line feed at its end. */
  static String json(Object value) {
    Indented writer = new Indented();
    writer.write(value, "\n");
    return writer.out.append('\n').toString();
  }

  private void write(Object value, String line) {
    switch (value) {
      case Map<?, ?> map when map.isEmpty() -> out.append("{}");
      case Map<?, ?> map -> {
        String inner = line + STEP;
        char before = '{';
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(before).append(inner);
          text(String.valueOf(entry.getKey()));
          out.append(": ");
          write(entry.getValue(), inner);
          before = ',';
        }
        out.append(line).append('}');
      }
      case List<?> list when list.isEmpty() -> out.append("[]");
      case List<?> list -> {
        out.append('[');
        for (Iterator<?> each = list.iterator(); each.hasNext();) {
          out.append(line).append(STEP);
          write(each.next(), line + STEP);
          out.append(each.hasNext() ? "," : "");
        }
        out.append(line).append(']');
      }
      case String text -> text(text);
      case Number number -> out.append(number);
      case Boolean truth -> out.append(truth);
      default -> throw new IllegalArgumentException("Not a value of JSON: a " + value.getClass().getName());
    }
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ' || Character.isSurrogate(c) || c > 0x7e) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
