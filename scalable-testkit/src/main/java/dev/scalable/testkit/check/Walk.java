package dev.scalable.testkit.check;

import dev.scalable.testkit.load.Action;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.NoAnswerException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a way as they were gone once, up to the first that was not answered well.
 *
 * @param how in words
 * @param trace what happened at each step
 */
record Walk(String how, List<Trace> trace) {
  /**
   * A place to send a step to.
   *
   * @param name an instance, or the balancer
   * @param uri its address
   */
  record Place(String name, URI uri) {}

  /**
   * What happened at a step.
   *
   * @param step its name
   * @param place where it was sent to
   * @param answer what came back; null if nothing did
   * @param bad why it is no good answer; empty if it is one
   */
  record Trace(String step, Place place, @Nullable Answer answer, String bad) {
    boolean good() {
      return bad.isEmpty();
    }

    /** The answer, or why there is none. */
    String told() {
      return answer == null ? bad : answer.toString();
    }

    Answer answered() {
      return Objects.requireNonNull(answer);
    }
  }

  /**
   * Goes the way once.
   *
   * @param places where each step, by its number from 0, is sent to
   * @param between what is done between two steps
   */
  static Walk go(Steps steps, String how, IntFunction<Place> places, Action between) {
    Map<Place, Client> clients = new HashMap<>();
    List<Trace> trace = new ArrayList<>();
    Steps.Known known = new Steps.Known();
    try {
      steps.before().run();
      for (int number = 0; number < steps.all().size(); number++) {
        if (number > 0) {
          between.run();
        }
        Place place = places.apply(number);
        Client client = clients.computeIfAbsent(place, at -> Client.open(at.uri()));
        Trace one = go(steps.all().get(number), place, client, known);
        trace.add(one);
        if (!one.good()) {
          break;
        }
      }
      return new Walk(how, trace);
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new IllegalStateException(steps + " could not be gone " + how + ": " + failure, failure);
    } finally {
      clients.values().forEach(Client::close);
    }
  }

  private static Trace go(Steps.Step step, Place place, Client client, Steps.Known known) {
    try {
      Answer answer = client.send(step.request().apply(known));
      if (!step.good().test(answer)) {
        return new Trace(step.name(), place, answer, "refused by the check");
      }
      step.saved().forEach((name, from) -> known.save(name, from.apply(answer)));
      return new Trace(step.name(), place, answer, "");
    } catch (NoAnswerException none) {
      return new Trace(step.name(), place, null, String.valueOf(none.getMessage()));
    }
  }

  /** Whether every step was answered well. */
  boolean good() {
    return trace.getLast().good();
  }

  /** What was sent where and answered how, in lines. */
  String lines() {
    StringBuilder lines = new StringBuilder();
    trace.forEach(one -> lines.append("\n    ").append(one.step()).append(" on ").append(one.place().name())
        .append(": ").append(one.told()));
    return lines.toString();
  }
}
