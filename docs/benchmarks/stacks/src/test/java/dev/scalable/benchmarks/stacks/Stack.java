package dev.scalable.benchmarks.stacks;

import dev.scalable.testkit.cluster.AppSpec;

/**
 * A way to make the application that is measured.
 *
 * @param name as {@code -Dstacks} names it
 * @param title what it is made of, with versions
 * @param app how its instances are started
 */
record Stack(String name, String title, AppSpec app) {}
