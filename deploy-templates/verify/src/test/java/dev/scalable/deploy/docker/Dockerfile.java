package dev.scalable.deploy.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A Dockerfile as its stages. Knows as much of the format as ours needs: instructions, lines that go on, comments, and
 * the arguments before the first stage.
 */
record Dockerfile(Map<String, String> arguments, List<Stage> stages) {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

  /** One instruction, its name in capitals. */
  record Instruction(String name, String value) {

    /** Whether it is a list in JSON, which no shell takes apart. */
    boolean exec() {
      return value.startsWith("[") && value.endsWith("]");
    }
  }

  /**
   * A stage.
   *
   * @param name empty if it has none
   * @param image what it is made from, its argument filled in
   */
  record Stage(String name, String image, List<Instruction> instructions) {

    List<Instruction> all(String instruction) {
      return instructions.stream().filter(each -> each.name().equals(instruction)).toList();
    }
  }

  static Dockerfile parse(String text) {
    Map<String, String> arguments = new LinkedHashMap<>();
    List<Stage> stages = new ArrayList<>();
    for (String line : lines(text)) {
      String[] words = line.split("\\s+", 2);
      Instruction instruction =
          new Instruction(words[0].toUpperCase(Locale.ROOT), words.length > 1 ? words[1].strip() : "");
      if (instruction.name().equals("FROM")) {
        String[] from = instruction.value().split("\\s+", -1);
        String image = VARIABLE.matcher(from[0])
            .replaceAll((MatchResult found) -> arguments.getOrDefault(found.group(1), ""));
        stages.add(new Stage(from.length > 2 ? from[2] : "", image, new ArrayList<>()));
      } else if (!stages.isEmpty()) {
        stages.getLast().instructions().add(instruction);
      } else if (instruction.name().equals("ARG")) {
        String[] argument = instruction.value().split("=", 2);
        arguments.put(argument[0], argument.length > 1 ? argument[1] : "");
      }
    }
    return new Dockerfile(arguments, stages);
  }

  private static List<String> lines(String text) {
    String joined = text.lines().filter(line -> !line.isBlank() && !line.strip().startsWith("#"))
        .reduce("", (before, line) -> before + line + "\n").replaceAll("\\\\\\n\\s*", " ");
    return joined.lines().toList();
  }
}
