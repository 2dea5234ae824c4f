package dev.scalable.testkit.check;

import dev.scalable.testkit.cluster.AccessLogEntry;
import dev.scalable.testkit.cluster.AccessLogEntry.Attempt;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * What is known of one request from all sides.
 *
 * @param exchange what its client saw
 * @param entries what the balancer says, in its order
 * @param rows how often the application did it; empty if the application was not asked
 */
record Trail(Exchange exchange, List<AccessLogEntry> entries, OptionalLong rows) {

  boolean lost() {
    return Losses.lost(exchange);
  }

  /** Whether the client had something to send it on. */
  boolean sent() {
    return switch (exchange.outcome()) {
      case Outcome.Dropped dropped -> false;
      case Outcome.Refused refused -> false;
      case Outcome.ConnectTimeout timeout -> false;
      case Outcome.Ok ok -> true;
      case Outcome.BadStatus bad -> true;
      case Outcome.CheckFailed failed -> true;
      case Outcome.Malformed malformed -> true;
      case Outcome.ClosedBeforeResponse closed -> true;
      case Outcome.ResetMidResponse reset -> true;
      case Outcome.ReadTimeout timeout -> true;
    };
  }

  boolean retried() {
    return entries.stream().anyMatch(AccessLogEntry::retried);
  }

  List<Attempt> attempts() {
    return entries.stream().flatMap(entry -> entry.attempts().stream()).toList();
  }

  List<Attempt> deadAttempts() {
    return attempts().stream().filter(attempt -> !attempt.answered()).toList();
  }

  Duration timeInDeadAttempts() {
    return deadAttempts().stream().map(Attempt::took).reduce(Duration.ZERO, Duration::plus);
  }

  /**
   * What became of it, in one line without the client's part.
   *
   * @param balancer what to call it
   * @param names of addresses
   */
  String story(String balancer, UnaryOperator<String> names) {
    StringBuilder story = new StringBuilder();
    if (entries.isEmpty()) {
      story.append(sent()
          ? balancer + " has no word of it: it was lost on the way there, or did not go there"
          : "it never reached " + balancer);
    }
    for (AccessLogEntry entry : entries) {
      story.append(story.isEmpty() ? "" : "; ").append(balancer).append(' ').append(ending(entry));
      if (entry.attempts().isEmpty()) {
        story.append("; it was sent to no instance");
      }
      int number = 1;
      for (Attempt attempt : entry.attempts()) {
        story.append("; attempt ").append(number++).append(" at ").append(attempt(attempt, names));
      }
    }
    rows.ifPresent(count -> story.append("; ").append(effect(count)));
    return story.toString();
  }

  private static String ending(AccessLogEntry entry) {
    String after = " after " + entry.took().toMillis() + " ms";
    return switch (entry.status()) {
      case 0 -> "closed the connection without an answer" + after;
      case 499 -> "saw the client leave" + after;
      default -> "answered " + entry.status() + after;
    };
  }

  private static String attempt(Attempt attempt, UnaryOperator<String> names) {
    String after = " after " + attempt.took().toMillis() + " ms";
    String place = names.apply(attempt.address());
    if (attempt.answered()) {
      return place + ": " + attempt.status() + after;
    }
    if (!attempt.address().contains(":")) {
      return place + ": no instance was taken for alive";
    }
    return place + ": " + (attempt.connect() == null ? "no connection" : "no answer") + after
        + (attempt.status() == 0 ? "" : " (" + attempt.status() + ")");
  }

  private static String effect(long rows) {
    return rows == 0
        ? "the application has no row of it"
        : rows == 1 ? "the application did it: one row" : "the application did it " + rows + " times";
  }
}
