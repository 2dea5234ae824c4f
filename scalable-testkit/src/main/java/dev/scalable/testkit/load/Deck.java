package dev.scalable.testkit.load;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The order in which one user takes the scenarios of a mix: a shuffled deck with as many cards of each as its
 * weight (80:20 is a deck of five), dealt over and over. So the shares are exact after each deck, and no user waits for
 * another to choose.
 */
final class Deck {
  private final List<Scenario> cards;
  private int next;

  /** The deck of a user; the same seed gives the same order. */
  Deck(List<Scenario> mix, long seed) {
    cards = new ArrayList<>();
    int divisor = 0;
    for (Scenario scenario : mix) {
      divisor = greatestCommonDivisor(scenario.weight(), divisor);
    }
    for (Scenario scenario : mix) {
      cards.addAll(Collections.nCopies(scenario.weight() / divisor, scenario));
    }
    Collections.shuffle(cards, new Random(seed));
  }

  Scenario deal() {
    Scenario card = cards.get(next);
    next = next + 1 == cards.size() ? 0 : next + 1;
    return card;
  }

  private static int greatestCommonDivisor(int a, int b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
