package dev.scalable.testkit.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The options of a command, each with a value, and what is after {@value #REST}. Collects what is wrong instead of
 * throwing, so that all of it can be told at once.
 */
final class Arguments {
  /** What is after it is not for us. */
  static final String REST = "--";

  private final Map<String, List<String>> values = new HashMap<>();
  private final List<String> rest = new ArrayList<>();
  private final List<String> mistakes = new ArrayList<>();

  private Arguments() {}

  /**
   * Reads {@code words}.
   *
   * @param once the options that may be there once
   * @param often those that may be there more than once
   */
  static Arguments parse(List<String> words, Set<String> once, Set<String> often) {
    Arguments arguments = new Arguments();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals(REST)) {
        arguments.rest.addAll(words.subList(i + 1, words.size()));
        break;
      }
      if (!once.contains(word) && !often.contains(word)) {
        arguments.mistakes.add("There is no option " + word);
      } else if (i + 1 == words.size() || words.get(i + 1).startsWith("--")) {
        arguments.mistakes.add(word + " needs a value");
      } else {
        List<String> known = arguments.values.computeIfAbsent(word, each -> new ArrayList<>());
        known.add(words.get(++i));
        if (known.size() > 1 && once.contains(word)) {
          arguments.mistakes.add(word + " is there twice: " + String.join(" and ", known));
        }
      }
    }
    return arguments;
  }

  Optional<String> value(String option) {
    return values(option).stream().findFirst();
  }

  String value(String option, String otherwise) {
    return value(option).orElse(otherwise);
  }

  List<String> values(String option) {
    return values.getOrDefault(option, List.of());
  }

  int number(String option, int otherwise, int min, int max) {
    Optional<String> said = value(option);
    try {
      int number = said.isPresent() ? Integer.parseInt(said.get()) : otherwise;
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number that is out of bounds.
    }
    mistake(option + " needs a number from " + min + " to " + max + ", not \"" + said.orElse("") + "\"");
    return otherwise;
  }

  /** The words after {@value #REST}. */
  List<String> rest() {
    return List.copyOf(rest);
  }

  void mistake(String sentence) {
    mistakes.add(sentence);
  }

  /** Throws if there is any mistake, with all of them. */
  void requireNoMistakes() {
    if (!mistakes.isEmpty()) {
      throw new UsageException(mistakes);
    }
  }
}
