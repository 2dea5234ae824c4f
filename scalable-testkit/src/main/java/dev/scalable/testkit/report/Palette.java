package dev.scalable.testkit.report;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** Which colour stands for which instance; the colours are in the style sheet, for light and for dark. */
record Palette(List<String> names) {
  private static final int COLOURS = 8;

  /** Gives colours in the order of the names. */
  static Palette of(Collection<String> names) {
    return new Palette(List.copyOf(new TreeSet<>(names)));
  }

  /** The class of a name in the style sheet; after eight names they come again. */
  String style(String name) {
    return "c" + Math.floorMod(names.indexOf(name), COLOURS);
  }
}
