package dev.scalable.deploy.systemd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A unit of systemd, as far as the template needs it: settings by name, each as often as it is there, without sections; no line
 * goes on in the next.
 *
 * @param settings what stands after a name and its equals sign, in order
 */
public record UnitFile(Map<String, List<String>> settings) {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}|\\$(\\w+)");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  /** Reads the text of a unit. */
  public static UnitFile of(String text) {
    Map<String, List<String>> settings = new LinkedHashMap<>();
    said(text.lines()).forEach(line -> {
      String[] setting = line.split("=", 2);
      if (setting.length == 2) {
        settings.computeIfAbsent(setting[0], name -> new ArrayList<>()).add(setting[1]);
      }
    });
    return new UnitFile(settings);
  }

  /** The variables of a file for EnvironmentFile=. */
  public static Map<String, String> environment(List<String> lines) {
    Map<String, String> environment = new LinkedHashMap<>();
    said(lines.stream()).map(line -> line.split("=", 2)).forEach(words -> environment.put(words[0], words[1]));
    return environment;
  }

  private static Stream<String> said(Stream<String> lines) {
    return lines.map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"));
  }

  /** What was last said of a setting. */
  public String one(String name) {
    List<String> all = settings.get(name);
    if (all == null) {
      throw new IllegalArgumentException("the unit does not say " + name + "=, but " + settings.keySet());
    }
    return all.getLast();
  }

  /** A time in seconds. */
  public Duration seconds(String name) {
    return Duration.ofSeconds(Long.parseLong(one(name)));
  }

  /** The variables of Environment=, for the instance {@code number}. */
  public Map<String, String> environment(int number) {
    return environment(settings.getOrDefault("Environment", List.of()).stream()
        .map(line -> line.replace("%i", Integer.toString(number))).toList());
  }

  /** The words of ExecStart=: a variable in braces is one word or a part of one, one without braces as many as it has. */
  public List<String> command(Map<String, String> environment) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(one("ExecStart"));
    while (word.find()) {
      String text = word.group(1) != null ? word.group(1) : word.group(2);
      Matcher variable = VARIABLE.matcher(text);
      if (variable.matches() && variable.group(2) != null) {
        words.addAll(Arrays.asList(environment.getOrDefault(variable.group(2), "").split(" ", -1)));
      } else {
        words.add(variable.replaceAll(found -> Matcher.quoteReplacement(environment.getOrDefault(found.group(1), ""))));
      }
    }
    return words;
  }
}
