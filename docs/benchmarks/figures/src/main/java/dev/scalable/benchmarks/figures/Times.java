package dev.scalable.benchmarks.figures;

/**
 * Response times that so many of a window's requests did not exceed, in milliseconds, from when each was due; not a
 * number where requests were too few to tell.
 *
 * @param p50 a half
 * @param p90 9 in 10
 * @param p99 99 in 100
 * @param p999 999 in 1,000
 */
public record Times(double p50, double p90, double p99, double p999) {}
