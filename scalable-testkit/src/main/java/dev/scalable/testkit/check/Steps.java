package dev.scalable.testkit.check;

import dev.scalable.testkit.load.Action;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A user's way through an application, to be gone more than once and in more than one way: by
 * {@link ClusterAssert#isStateless} on one instance, on several, and over restarts.
 *
 * <pre>{@code
 * Steps order = Steps.of("order")
 *     .step("create", known -> Call.post("/orders", "{\"item\":1}")).save("id", answer -> idOf(answer))
 *     .step("read", known -> Call.get("/orders/" + known.value("id")))
 *     .maskingField("id").maskingField("createdAt");
 * }</pre>
 *
 * <p>Mutable, for one thread.
 */
public final class Steps {
  private static final long SEED = 42;

  private final String name;
  private final List<Step> all = new ArrayList<>();
  private final List<Pattern> masks = new ArrayList<>();
  private Action before = () -> {};

  private Steps(String name) {
    this.name = name;
  }

  /**
   * One request of the way.
   *
   * @param name what messages call it
   * @param request makes it
   * @param good what makes its answer a good one
   * @param saved what is taken from a good answer, by name
   */
  record Step(
      String name, Function<Known, Call> request, Predicate<Answer> good, Map<String, Function<Answer, ?>> saved) {}

  /** What was learnt on one way so far. For the thread that goes it. */
  public static final class Known {
    private final Map<String, String> values = new HashMap<>();
    private final Random random = new Random(SEED);

    Known() {}

    /**
     * Returns what an earlier step saved under that name.
     *
     * @throws IllegalArgumentException if none did
     */
    public String value(String saved) {
      String value = values.get(saved);
      if (value == null) {
        throw new IllegalArgumentException(
            "no step before saved a value as '" + saved + "', there are " + values.keySet()
                + ": call save after a step");
      }
      return value;
    }

    /** Returns random numbers that are the same each time the way is gone. */
    public Random random() {
      return random;
    }

    void save(String saved, @Nullable Object value) {
      values.put(saved, String.valueOf(value));
    }
  }

  /** Begins a way without steps. */
  public static Steps of(String name) {
    return new Steps(name);
  }

  /** Adds a step, which is to be answered with 2xx unless {@link #check} says otherwise. */
  public Steps step(String stepName, Function<Known, Call> request) {
    all.add(new Step(stepName, request, answer -> answer.status() / 100 == 2, Map.of()));
    return this;
  }

  /**
   * Says what makes the answer to the last step a good one.
   *
   * @throws IllegalStateException if there is no step yet
   */
  public Steps check(Predicate<Answer> good) {
    Step last = removeLast();
    all.add(new Step(last.name(), last.request(), good, last.saved()));
    return this;
  }

  /**
   * Keeps something of the answer to the last step for those after it.
   *
   * @throws IllegalStateException if there is no step yet
   */
  public Steps save(String valueName, Function<Answer, ?> from) {
    Step last = removeLast();
    Map<String, Function<Answer, ?>> saved = new LinkedHashMap<>(last.saved());
    saved.put(valueName, from);
    all.add(new Step(last.name(), last.request(), last.good(), saved));
    return this;
  }

  /** Declares that the value of a JSON member, a string, number, boolean or null, may differ from time to time. */
  public Steps maskingField(String member) {
    masks.add(Pattern.compile(
        "(?<=\"" + Pattern.quote(member) + "\"\\s{0,9}:\\s{0,9})(\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s,}\\]\\[{\"]++)"));
    return this;
  }

  /** Declares that what a regular expression matches in an answer's body may differ from time to time. */
  public Steps masking(String regex) {
    masks.add(Pattern.compile(regex));
    return this;
  }

  /** Says what is done each time before the way is gone, such as emptying tables. */
  public Steps before(Action reset) {
    before = reset;
    return this;
  }

  List<Step> all() {
    if (all.isEmpty()) {
      throw new IllegalStateException("the way '" + name + "' has no steps: call step");
    }
    return all;
  }

  Action before() {
    return before;
  }

  /** What is compared of an answer: status, type and body without what was declared to differ. */
  String masked(Answer answer) {
    String body = answer.text();
    for (Pattern mask : masks) {
      body = mask.matcher(body).replaceAll("***");
    }
    return answer.status() + " " + answer.header("Content-Type").orElse("") + " " + body;
  }

  private Step removeLast() {
    if (all.isEmpty()) {
      throw new IllegalStateException("the way '" + name + "' has no step yet: call step before");
    }
    return all.removeLast();
  }

  /** Returns its name and those of its steps. */
  @Override
  public String toString() {
    return "'" + name + "' (" + String.join(", then ", all.stream().map(Step::name).toList()) + ")";
  }
}
