package dev.scalable.deploy.kubernetes;

/** What an instance answers at its health port. {@link ServedTest} asks a real one. */
final class Served {

  static final String LIVE = "/health/live";
  static final String READY = "/health/ready";
  static final String METRICS = "/metrics";

  private Served() {}
}
