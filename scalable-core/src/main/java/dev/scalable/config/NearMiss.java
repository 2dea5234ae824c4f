package dev.scalable.config;

import java.util.Collection;

/** Finds the name that someone probably meant. */
final class NearMiss {

  private NearMiss() {}

  /** A phrase that names the nearest of the known names, or the empty text when none is near. */
  static String hint(String name, Collection<String> known) {
    String nearest = "";
    int least = Math.max(3, name.length() / 4) + 1;
    for (String candidate : known) {
      int distance = distance(name, candidate);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
    return nearest.isEmpty() ? "" : ": is " + nearest + " meant?";
  }

  /** Levenshtein distance: how many characters must be inserted, removed or replaced. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
