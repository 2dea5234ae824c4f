package dev.scalable.benchmarks.figures;

/**
 * Processor time that each part used in a window, in milliseconds.
 *
 * @param app of all instances together
 * @param nginx of the load balancer
 * @param postgres of the database
 * @param redis of Redis
 * @param generator of what sent the requests
 */
public record Cpu(double app, double nginx, double postgres, double redis, double generator) {}
