package dev.scalable.benchmarks.peer.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;

/** Spring Boot as its starters set it up. */
@SpringBootApplication
@EnableCaching
public class Main {

  /** Starts one instance. */
  public static void main(String[] args) {
    SpringApplication.run(Main.class, args);
  }
}
