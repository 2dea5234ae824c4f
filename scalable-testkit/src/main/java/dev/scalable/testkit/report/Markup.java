package dev.scalable.testkit.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Text of HTML and SVG while it is written, well-formed as XML too, so that any parser reads it the same way. Whatever
 * comes from outside can only enter as text or as the value of an attribute, and is escaped there; names of elements
 * and attributes are the page's own.
 */
final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins with text that is markup already, such as a document type. */
  static Markup startingWith(String trusted) {
    Markup markup = new Markup();
    markup.out.append(trusted);
    return markup;
  }

  /** Opens an element; attributes are names and values by turns. */
  Markup open(String element, String... attributes) {
    start(element, attributes).append('>');
    open.push(element);
    return this;
  }

  /** Closes the element that was opened last. */
  Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** Closes the element that was opened last, and ends the line. */
  Markup closeLine() {
    close();
    out.append('\n');
    return this;
  }

  /** Writes an element that can have no content: a void one of HTML, or a shape. */
  Markup empty(String element, String... attributes) {
    start(element, attributes).append("/>");
    return this;
  }

  /** Writes an element with a text in it. */
  Markup element(String element, String text, String... attributes) {
    return open(element, attributes).text(text).close();
  }

  /** Writes a text. */
  Markup text(String text) {
    escape(text);
    return this;
  }

  /** Writes a style sheet, which is the same text to HTML and to XML only if it needs no escape. */
  Markup style(String sheet) {
    if (sheet.contains("<") || sheet.contains("&")) {
      throw new IllegalArgumentException("a style sheet within the page holds neither < nor &: " + sheet);
    }
    open("style");
    out.append('\n').append(sheet);
    return closeLine();
  }

  private StringBuilder start(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
    return out;
  }

  /** Escapes for text and quoted attributes alike; what XML 1.0 section 2.2 does not allow at all is replaced. */
  private void escape(String text) {
    text.codePoints().forEach(point -> {
      switch (point) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.appendCodePoint(allowed(point) ? point : 0xFFFD);
      }
    });
  }

  private static boolean allowed(int point) {
    return point == '\n'
        || point == '\t'
        || (point >= 0x20 && point < 0x7F)
        || (point > 0x9F && point <= 0xD7FF)
        || (point >= 0xE000 && point <= 0xFFFD)
        || point >= 0x10000;
  }

  /** Returns the whole text, once all is closed. */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("still open: " + open);
    }
    return out.toString();
  }
}
