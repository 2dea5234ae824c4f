package dev.scalable.deploy.observability;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression. This finds names and judges no syntax, which promtool does; it knows no selector without a metric
 * ({@code {__name__=~"..."}}) and refuses it, since nobody could tell what it selects.
 *
 * @param selectors the metrics that are asked for, in their order
 * @param kept the labels of {@code by}
 * @param grouping the labels of {@code by}, {@code without}, {@code on}, {@code ignoring}, {@code group_left} and {@code group_right}
 */
record Promql(List<Selector> selectors, Set<String> kept, Set<String> grouping) {

  /** A metric, and the operator and value that each of its labels is compared by. */
  record Selector(String metric, Map<String, Match> matches) {}

  /** Such as {@code =~} and {@code 5..}. */
  record Match(String operator, String value) {}

  private static final Pattern TOKEN = Pattern.compile("\\s+|#[^\\n]*"
      + "|(\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`[^`]*`"
      + "|\\.?\\d[\\w.]*|[a-zA-Z_:][\\w:]*|=~|!~|!=|==|<=|>=|.)", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][\\w:]*");
  private static final Set<String> OF_LABELS = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> WORDS = Set.of("and", "or", "unless", "atan2", "bool", "offset", "inf", "nan");

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException for a selector without a metric, and one that does not end
   */
  static Promql read(String expression) {
    return new Reader(expression).read();
  }

  /** Goes over the tokens once. */
  private static final class Reader {
    private final String expression;
    private final List<String> tokens = new ArrayList<>();
    private final List<Selector> selectors = new ArrayList<>();
    private final Set<String> kept = new TreeSet<>();
    private final Set<String> grouping = new TreeSet<>();
    private int at;

    Reader(String expression) {
      this.expression = expression;
      Matcher token = TOKEN.matcher(expression);
      while (token.find()) {
        if (token.group(1) != null) {
          tokens.add(token.group(1));
        }
      }
    }

    private String token(int index) {
      return index < tokens.size() ? tokens.get(index) : "";
    }

    private String next() {
      if (at >= tokens.size()) {
        throw new IllegalArgumentException("something is not closed in " + expression);
      }
      return tokens.get(at++);
    }

    Promql read() {
      while (at < tokens.size()) {
        String token = next();
        if (token.equals("{")) {
          throw new IllegalArgumentException("a selector names no metric in " + expression);
        } else if (token.equals("[")) {
          skipRange();
        } else if (NAME.matcher(token).matches()) {
          name(token);
        }
      }
      return new Promql(List.copyOf(selectors), kept, grouping);
    }

    private void skipRange() {
      while (!next().equals("]")) {
        // a range, or that of a subquery
      }
    }

    private void name(String name) {
      String word = name.toLowerCase(Locale.ROOT);
      boolean aggregates = token(at).equals("by") || token(at).equals("without");
      if (OF_LABELS.contains(word) && token(at).equals("(")) {
        labels(word.equals("by"));
      } else if (!token(at).equals("(") && !aggregates && !OF_LABELS.contains(word) && !WORDS.contains(word)) {
        selectors.add(new Selector(name, matches()));
      }
    }

    private void labels(boolean by) {
      for (String token = next(); !token.equals(")"); token = next()) {
        if (NAME.matcher(token).matches()) {
          grouping.add(token);
          if (by) {
            kept.add(token);
          }
        }
      }
    }

    private Map<String, Match> matches() {
      Map<String, Match> matches = new LinkedHashMap<>();
      if (token(at).equals("{")) {
        next();
        for (String token = next(); !token.equals("}"); token = next()) {
          if (!token.equals(",")) {
            String operator = next();
            String quoted = next();
            matches.put(token, new Match(operator, quoted.substring(1, Math.max(1, quoted.length() - 1))));
          }
        }
      }
      return matches;
    }
  }
}
