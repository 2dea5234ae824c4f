package dev.scalable.testkit.noise;

import java.io.IOException;

/** A JVM that watches itself from its start until it is told to end, and then prints what it saw. */
final class WatchedJvm {
  private WatchedJvm() {}

  public static void main(String[] args) throws IOException {
    NoiseMeter meter = NoiseMeter.start();
    System.out.println("watching");
    int told = System.in.read();
    Noise noise = meter.stop();
    System.out.println(noise.hiccupMax() + " " + noise.hiccupP99() + " " + noise.disturbed().orElse("") + " " + told);
  }
}
