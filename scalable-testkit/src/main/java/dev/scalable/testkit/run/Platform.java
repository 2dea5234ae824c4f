package dev.scalable.testkit.run;

import java.util.Locale;

/** What machine this is, in the words that names of binaries use. */
public final class Platform {
  private Platform() {}

  /** "linux" or "darwin". */
  public static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : "linux";
  }

  /** Whether the processor is a 64-bit ARM, else it is taken to be an x86-64. */
  public static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }
}
