package dev.scalable.testkit.cluster;

import java.util.Locale;

/** What machine this is, in the words that names of binaries use. */
final class Platform {
  private Platform() {}

  /** "linux" or "darwin". */
  static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : "linux";
  }

  /** Whether the processor is a 64-bit ARM, else it is taken to be an x86-64. */
  static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }
}
