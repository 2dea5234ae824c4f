package dev.scalable.server;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A route's template, taken apart.
 *
 * @param segments its segments from left to right, a parameter's with its name in place of a text
 */
record PathTemplate(List<Segment> segments) {

  /** One segment between slashes. */
  sealed interface Segment {

    /** A text that the segment must be equal to, decoded. */
    record Literal(String text) implements Segment {}

    /** Any text but the empty one. */
    record Parameter(String name) implements Segment {}

    /** This segment and all that follow, which may be one empty segment; the last of a template. */
    record Rest(String name) implements Segment {}
  }

  /**
   * Takes a template apart.
   *
   * @throws IllegalArgumentException if it is malformed, or no request can have such a path; the message says why
   */
  static PathTemplate of(String template) {
    if (!reachable(template)) {
      throw new IllegalArgumentException(
          "no request can have this path: it is written decoded, without empty or dot segments, ';' and '%'");
    }
    List<Segment> segments = new ArrayList<>();
    Set<String> names = new HashSet<>();
    String[] texts = template.substring(1).split("/", -1);
    for (int i = 0; i < texts.length; i++) {
      Segment segment = segment(texts[i]);
      String name = name(segment);
      if (!name.isEmpty() && !names.add(name)) {
        throw new IllegalArgumentException("two parameters are called " + name);
      }
      if (segment instanceof Segment.Rest && i < texts.length - 1) {
        throw new IllegalArgumentException("{" + name + "...} takes all segments that are left, so none can follow it");
      }
      segments.add(segment);
    }
    return new PathTemplate(List.copyOf(segments));
  }

  private static Segment segment(String text) {
    boolean parameter = text.startsWith("{") && text.endsWith("}");
    String name = parameter ? text.substring(1, text.length() - 1) : "";
    boolean rest = name.endsWith("...");
    String bare = rest ? name.substring(0, name.length() - 3) : name;
    boolean braces = (parameter ? bare : text).chars().anyMatch(c -> c == '{' || c == '}');
    if (braces || (parameter && bare.isEmpty())) {
      throw new IllegalArgumentException("the segment \"" + text + "\" is neither a text nor one parameter in braces");
    }
    if (!parameter) {
      return new Segment.Literal(text);
    }
    return rest ? new Segment.Rest(bare) : new Segment.Parameter(bare);
  }

  /** The name of a parameter; empty for a text. */
  private static String name(Segment segment) {
    return switch (segment) {
      case Segment.Literal text -> "";
      case Segment.Parameter parameter -> parameter.name();
      case Segment.Rest rest -> rest.name();
    };
  }

  /** Whether {@link RawPath} lets a path through that this template matches. */
  private static boolean reachable(String template) {
    for (String segment : template.substring(1).split("/", -1)) {
      if (segment.equals(".") || segment.equals("..") || segment.indexOf(';') >= 0 || segment.indexOf('%') >= 0) {
        return false;
      }
    }
    return !template.contains("//");
  }

  /** Whether it has no parameter, so that it is the only path it matches. */
  boolean exact() {
    return segments.stream().allMatch(Segment.Literal.class::isInstance);
  }

  /** The names of its parameters from left to right. */
  List<String> parameters() {
    return segments.stream().map(PathTemplate::name).filter(name -> !name.isEmpty()).toList();
  }
}
