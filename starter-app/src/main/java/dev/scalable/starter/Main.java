package dev.scalable.starter;

/** Starts one instance of the service; it ends on SIGTERM, after a drain. */
public final class Main {

  private Main() {}

  /** Runs the service. Settings come from the environment; a wrong or missing one stops the start. */
  public static void main(String[] args) {
    DaggerStarter.create().service().run();
  }
}
