package dev.scalable.testkit.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The meter on the machine that there is: only what holds however busy that is. */
class NoiseMeterTest {

  /** Stopped from outside, so that nothing in it can notice: as by a hypervisor that gives its processor to others. */
  @Test void a_process_that_stood_still_says_for_how_long() throws IOException, InterruptedException {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp", System.getProperty("java.class.path"), WatchedJvm.class.getName())
        .redirectErrorStream(true)
        .start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("watching");
      signal(process, "STOP");
      long stopped = System.nanoTime();
      await().until(() -> System.nanoTime() - stopped > Duration.ofMillis(400).toNanos());
      signal(process, "CONT");
      process.outputWriter().append('\n').flush();
      String[] seen = output.readLine().split(" ", 3);
      assertThat(Duration.parse(seen[0])).isGreaterThan(Duration.ofMillis(390));
      assertThat(Duration.parse(seen[1])).isGreaterThan(Duration.ofMillis(20));
      assertThat(seen[2]).startsWith("hiccups of ");
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test void the_cpu_time_of_this_jvm_is_the_generators_share() {
    NoiseMeter meter = NoiseMeter.start();
    long begin = System.nanoTime();
    long before = myCpuNanos();
    while (myCpuNanos() - before < Duration.ofMillis(200).toNanos()) {
      Thread.onSpinWait();
    }
    Noise noise = meter.stop();
    double atMost = (double) (System.nanoTime() - begin) * Runtime.getRuntime().availableProcessors();
    // Half of it: the process's time comes in ticks on some systems.
    assertThat(noise.generatorShare().orElseThrow())
        .isBetween(Duration.ofMillis(100).toNanos() / atMost, 1.0);
  }

  @Test void a_forced_collection_is_seen_as_time_of_the_collectors() {
    try (NoiseMeter meter = NoiseMeter.start()) {
      byte[][] garbage = new byte[64][];
      for (int i = 0; i < 20; i++) {
        garbage[i % garbage.length] = new byte[1 << 20];
        System.gc();
      }
      assertThat(meter.stop().gcTime()).isPositive();
      assertThat(garbage[0]).isNotNull();
    }
  }

  @Test @EnabledOnOs(OS.LINUX)
  void linux_tells_everything() {
    NoiseMeter meter = NoiseMeter.start();
    CpuTimes before = CpuTimes.now().orElseThrow();
    await().until(() -> CpuTimes.now().orElseThrow().total() > before.total() + 10);
    Noise noise = meter.stop();
    assertThat(noise.stealShare()).isPresent();
    assertThat(noise.cpuShare()).isPresent();
    assertThat(noise.loadAverage()).isPresent();
    assertThat(noise.hiccupMax()).isPositive();
    assertThat(noise.toString()).doesNotContain("unknown");
  }

  @Test void a_meter_that_was_stopped_leaves_no_thread_and_says_the_same_again() {
    NoiseMeter meter = NoiseMeter.start();
    NoiseMeter other = NoiseMeter.start();
    assertThat(watchers()).isEqualTo(2);
    Noise noise = meter.stop();
    assertThat(watchers()).isEqualTo(1);
    assertThat(meter.stop()).isSameAs(noise);
    other.close();
    assertThat(watchers()).isZero();
  }

  @Test void an_interrupt_while_stopping_is_kept_for_the_caller() {
    NoiseMeter meter = NoiseMeter.start();
    Thread.currentThread().interrupt();
    meter.stop();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(watchers()).isZero();
  }

  private static long watchers() {
    return Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().equals("testkit-noise")).count();
  }

  private static long myCpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void signal(Process process, String signal) throws IOException, InterruptedException {
    String kill = "kill -s " + signal + " " + process.pid();
    assertThat(new ProcessBuilder("/bin/sh", "-c", kill).inheritIO().start().waitFor()).isZero();
  }
}
