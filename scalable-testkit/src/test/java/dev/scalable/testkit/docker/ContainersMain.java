package dev.scalable.testkit.docker;

import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Program;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A JVM that holds some containers until it is ended from outside. */
public final class ContainersMain {
  /** What it prints, before its folder, when its containers run. */
  static final String READY = "containers of ";

  private ContainersMain() {}

  /** Starts a place and a Redis. */
  public static void main(String[] args) throws InterruptedException {
    Environment environment = new DockerBackend().open(new BackendProvider.Request(
        new Program.MainClass("none"), false, false, Map.of(), System.out::println));
    environment.place(1);
    environment.redis(null);
    System.out.println(READY + environment.directory().getFileName());
    new CountDownLatch(1).await();
  }
}
