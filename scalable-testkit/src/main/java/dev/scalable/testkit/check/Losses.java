package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Fate;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.load.LoadResult;
import java.util.Locale;
import java.util.function.Predicate;

/** Tells lost requests from those that were shed or never sent. */
final class Losses {
  private Losses() {}

  /** Whether it was sent, and neither answered well nor shed. */
  static boolean lost(Exchange exchange) {
    return exchange.fate() != Fate.OK && exchange.fate() != Fate.DROPPED && !shed(exchange);
  }

  /** Whether the application itself refused it for now (RFC 9110 section 15.6.4, RFC 6585 section 4). */
  static boolean shed(Exchange exchange) {
    return exchange.outcome() instanceof Outcome.BadStatus bad
        && !bad.fromBalancer() && (bad.status() == 429 || bad.status() == 503);
  }

  /** How many were lost, in which way, and how many are counted apart. */
  static String told(LoadResult result) {
    long lost = count(result, Losses::lost);
    long balancer = count(result, exchange -> lost(exchange) && fromBalancer(exchange));
    long answered = count(result, exchange -> lost(exchange) && !fromBalancer(exchange) && answered(exchange));
    return String.format(
        Locale.ROOT, "%d lost (%d errors made by the balancer, %d other bad answers, %d without an answer;"
            + " %d of them writes in doubt);"
            + " apart from these %d shed by the application (429 or 503) and %d never sent",
        lost, balancer, answered, lost - balancer - answered,
        count(result, exchange -> exchange.fate() == Fate.INDETERMINATE),
        count(result, Losses::shed), result.dropped());
  }

  private static boolean fromBalancer(Exchange exchange) {
    return exchange.outcome() instanceof Outcome.BadStatus bad && bad.fromBalancer();
  }

  private static boolean answered(Exchange exchange) {
    return exchange.outcome() instanceof Outcome.BadStatus || exchange.outcome() instanceof Outcome.CheckFailed;
  }

  private static long count(LoadResult result, Predicate<Exchange> concerned) {
    return result.exchanges().stream().filter(concerned).count();
  }
}
