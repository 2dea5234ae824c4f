package dev.scalable.benchmarks.stacks;

import java.nio.file.Path;

/** The Java virtual machine of the instances: of all stacks that have one, the same. */
final class Jvm {

  /** What a JVM chooses in a container of less than two processors or 1792 MiB. */
  private static final String FLAGS = "-Xmx256m -XX:+UseSerialGC";

  private Jvm() {}

  static String[] flags() {
    return System.getProperty("stacks.jvm", FLAGS).strip().split("\\s+");
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
