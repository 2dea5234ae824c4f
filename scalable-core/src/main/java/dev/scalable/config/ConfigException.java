package dev.scalable.config;

import java.util.List;

/** The settings are not fit to start with. The message lists every mistake, none of them with a secret's value. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient List<String> mistakes;

  ConfigException(List<String> mistakes) {
    super(message(mistakes));
    this.mistakes = List.copyOf(mistakes);
  }

  private static String message(List<String> mistakes) {
    StringBuilder text = new StringBuilder("The service was not started: its configuration has ")
        .append(mistakes.size() == 1 ? "a mistake" : mistakes.size() + " mistakes").append('.');
    for (String mistake : mistakes) {
      text.append(System.lineSeparator()).append("  - ").append(mistake);
    }
    return text.toString();
  }

  /** Every mistake, in the order in which the settings were read; at least one. */
  public List<String> mistakes() {
    return mistakes;
  }
}
