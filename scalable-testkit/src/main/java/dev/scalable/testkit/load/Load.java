package dev.scalable.testkit.load;

import dev.scalable.testkit.history.Timeline;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The description of a load run: what is sent, by whom or when, and what happens meanwhile.
 *
 * <pre>{@code
 * LoadResult result = Load.against(uri)
 *     .get("/products/{id}", ids(100))
 *     .warmUp(requests(2_000))
 *     .closed(users(20), iterations(10))
 *     .run();
 * }</pre>
 *
 * <p>In a closed model each user has a thread and a kept-alive connection of its own. All warm up and connect first and
 * then start together, as the users of a test with a barrier do: so the clock measures requests, not the start of
 * threads, and the first moment is as crowded as the rest. An open model sends at times that are fixed before the run:
 *
 * <pre>{@code
 *     .open(rate(300).perSecond().during(ofSeconds(10)).poisson(42))
 * }</pre>
 *
 * <p>Nothing is sent twice by the client: what got no answer is reported as that.
 *
 * <p>Mutable, for one thread. It may be run more than once, and starts afresh each time.
 */
public final class Load {
  private final Target target;
  private final List<String> mistakes = new ArrayList<>();
  private final List<Plan.DueFault> faults = new ArrayList<>();
  private String name = "load";
  private String instanceHeader = "X-Instance-Id";
  private Supplier<? extends Collection<String>> instances = List::of;
  private List<RequestTemplate> mix = List.of();
  private final List<Step> steps = new ArrayList<>();
  private List<RequestTemplate> warmUpMix = List.of();
  private UnaryOperator<RequestTemplate> onEach = UnaryOperator.identity();
  private Function<Call, Call> onEachCall = call -> call;
  private Predicate<Answer> check = answer -> answer.status() / 100 == 2;
  private WarmUp warmUp = requests(0);
  private @Nullable Model model;
  private Pinning pinning = Pinning.NONE;
  private Supplier<Map<String, URI>> directUris = Map::of;
  private Timeline timeline = new Timeline();
  private Supplier<Map<String, Duration>> cpu = Map::of;
  private @Nullable Supplier<Calibration> calibration;
  private Supplier<Optional<Calibration>> recalibration = Optional::empty;
  private IntSupplier freePlaces = () -> 0;
  private Consumer<LoadResult> listener = result -> {};
  private @Nullable Path report;
  private @Nullable Action whileRunning;
  private Duration giveUpAfter = Duration.ofMinutes(5);
  private Duration readTimeout;

  private Load(Target target) {
    this.target = target;
    this.readTimeout = target.readTimeout();
  }

  /**
   * Begins the description of a load on {@code http://host:port}.
   *
   * @throws IllegalArgumentException if the URI is not such an address
   */
  public static Load against(URI uri) {
    return new Load(Target.of(uri));
  }

  /** Reads well in {@code closed(users(20), iterations(10))}. */
  public static Users users(int count) {
    return new Users(count, null);
  }

  /** Reads well in {@code closed(users(20), iterations(10))}. */
  public static Iterations iterations(int perUser) {
    return new Iterations(perUser);
  }

  /** Reads well in {@code warmUp(requests(2_000))}: so many by all users together. */
  public static WarmUp requests(int count) {
    return new WarmUp(count, false);
  }

  /**
   * Reads well in {@code warmUp(untilSteady())}: until the median service time hardly changes any more. Of each 500
   * requests the median is taken, and those of three such blocks differ by less than 15 % from the three before; after
   * 20 s the run begins all the same, and its result says so.
   */
  public static WarmUp untilSteady() {
    return new WarmUp(0, true);
  }

  /** Reads well in {@code open(rate(300).perSecond().during(ofSeconds(10)))}. */
  public static OpenModel.Rate rate(double count) {
    return new OpenModel.Rate(count);
  }

  /**
   * Reads well in {@code fault(at(ofSeconds(2)), ...)}: returns the duration, which counts from the start of the run.
   */
  public static Duration at(Duration sinceStart) {
    return sinceStart;
  }

  /** Returns the numbers from 1 to a highest one, over and over; thread-safe. */
  public static Supplier<Long> ids(int highest) {
    AtomicLong next = new AtomicLong();
    return () -> next.getAndIncrement() % highest + 1;
  }

  /** Names the run in logs and reports; {@code load} if it is not called. */
  public Load name(String newName) {
    this.name = newName;
    return this;
  }

  /** Says which response header names the instance that answered; {@code X-Instance-Id} if it is not called. */
  public Load instanceHeader(String header) {
    Wire.requireToken("header name", header);
    this.instanceHeader = header;
    return this;
  }

  /** Says which instances are expected to answer, so that one that never did is seen; asked when the run begins. */
  public Load instances(Supplier<? extends Collection<String>> expected) {
    this.instances = expected;
    return this;
  }

  /** Sends GETs of one path. */
  public Load get(String path) {
    return mixed(RequestTemplate.get(path));
  }

  /** Sends GETs of a path with one {@code {placeholder}}, filled with a new value for each request. */
  public Load get(String path, Supplier<?> pathValue) {
    return mixed(RequestTemplate.get(path, pathValue));
  }

  /** Sends POSTs of a JSON text, asked for anew for each request; the supplier must be thread-safe. */
  public Load post(String path, Supplier<String> json) {
    return mixed(RequestTemplate.post(path, json));
  }

  /** Sends POSTs of a JSON text to a path with one {@code {placeholder}}; both suppliers must be thread-safe. */
  public Load post(String path, Supplier<?> pathValue, Supplier<String> json) {
    return mixed(RequestTemplate.post(path, pathValue, json));
  }

  /** Sends PUTs of a JSON text, asked for anew for each request; the supplier must be thread-safe. */
  public Load put(String path, Supplier<String> json) {
    return mixed(RequestTemplate.put(path, json));
  }

  /** Sends PUTs of a JSON text to a path with one {@code {placeholder}}; both suppliers must be thread-safe. */
  public Load put(String path, Supplier<?> pathValue, Supplier<String> json) {
    return mixed(RequestTemplate.put(path, pathValue, json));
  }

  /** Sends PATCHes of a JSON text, asked for anew for each request; the supplier must be thread-safe. */
  public Load patch(String path, Supplier<String> json) {
    return mixed(RequestTemplate.patch(path, json));
  }

  /** Sends PATCHes of a JSON text to a path with one {@code {placeholder}}; both suppliers must be thread-safe. */
  public Load patch(String path, Supplier<?> pathValue, Supplier<String> json) {
    return mixed(RequestTemplate.patch(path, pathValue, json));
  }

  /** Sends DELETEs of one path. */
  public Load delete(String path) {
    return mixed(RequestTemplate.delete(path));
  }

  /** Sends DELETEs of a path with one {@code {placeholder}}, filled with a new value for each request. */
  public Load delete(String path, Supplier<?> pathValue) {
    return mixed(RequestTemplate.delete(path, pathValue));
  }

  /** Sends several kinds of request, in the proportion of their {@linkplain RequestTemplate#weight weights}. */
  public Load mixed(RequestTemplate... templates) {
    if (!mix.isEmpty()) {
      mistakes.add(
          "the requests were given twice: " + mix + " and " + List.of(templates) + "; put them into one mixed(...)");
    }
    mix = List.of(templates);
    return this;
  }

  /**
   * Adds a request to those that each user sends one after the other. A user who gets no good answer to one begins
   * again with the first; those that would have come after were never scheduled and are not counted.
   *
   * @param stepName what it is called in results
   */
  public Load step(String stepName, RequestTemplate request) {
    steps.add(Step.of(stepName, request));
    return this;
  }

  /**
   * Adds a request that is made of what answers before it said:
   *
   * <pre>{@code
   * .step("create", post("/orders", () -> "{}")).save("id", answer -> idIn(answer.text()))
   * .step("read", journey -> Call.get("/orders/" + journey.value("id")))
   * }</pre>
   *
   * @param request makes it; called by all users at the same time
   */
  public Load step(String stepName, Function<Journey, Call> request) {
    steps.add(Step.of(stepName, request));
    return this;
  }

  /**
   * Has the step before keep a value of its answer for those that follow. If the function gives null or throws, the
   * answer is not what was asked for, and the request failed.
   */
  public Load save(String valueName, Function<Answer, ? extends @Nullable Object> value) {
    if (steps.isEmpty()) {
      mistakes.add("save(\"" + valueName + "\") has no step before it that it could take the value from");
    } else {
      steps.add(steps.removeLast().saving(valueName, value));
    }
    return this;
  }

  /**
   * Sends the requests past the balancer to instances themselves, as the pinning says; their addresses come from
   * {@link #pinnedTo}.
   */
  public Load pinning(Pinning toInstances) {
    this.pinning = toInstances;
    return this;
  }

  /** Says by which address each instance can be reached directly, by its id; asked when the run begins. */
  public Load pinnedTo(Supplier<Map<String, URI>> instanceUris) {
    this.directUris = instanceUris;
    return this;
  }

  /** Adds a header to every request. */
  public Load header(String headerName, String value) {
    Wire.requireHeader(headerName, value);
    onEachCall = onEachCall.andThen(call -> call.header(headerName, value));
    return onEach(template -> template.header(headerName, value));
  }

  /** Adds a new random {@code Idempotency-Key} to every request. */
  public Load idempotencyKey() {
    onEachCall = onEachCall.andThen(call -> call.header("Idempotency-Key", RequestTemplate.newKey()));
    return onEach(RequestTemplate::idempotencyKey);
  }

  /** Says what makes an answer a good one; a status of 200 to 299 if it is not called. */
  public Load check(Predicate<Answer> good) {
    this.check = good;
    return this;
  }

  /**
   * Sends requests before the run that appear in none of its numbers: those given here, or the same as in the run, so
   * without another template a load of writes warms up with writes.
   */
  public Load warmUp(WarmUp extent, RequestTemplate... templates) {
    this.warmUp = extent;
    this.warmUpMix = List.of(templates);
    return this;
  }

  /** Has each of the users send so many requests: exactly the product of both, however they end. */
  public Load closed(Users users, Iterations iterations) {
    return closed(ClosedModel.of(users, iterations));
  }

  /** Has users send as the model says, such as {@code users(8).during(ofSeconds(5))}. */
  public Load closed(ClosedModel closedModel) {
    return sentBy(closedModel);
  }

  /** Has users send for as long as the action of {@link #whileRunning} runs. */
  public Load closed(Users users) {
    return closed(ClosedModel.whileRunning(users));
  }

  /**
   * Has requests come at fixed times, whatever becomes of those before them, such as
   * {@code rate(300).perSecond().during(ofSeconds(10))}; without a time, for as long as the action of
   * {@link #whileRunning} runs.
   */
  public Load open(OpenModel openModel) {
    return sentBy(openModel);
  }

  /**
   * Begins an action with the run, and lets the users go on until it has ended, and until the model has got all that it
   * asks for. If it throws, the run fails with that cause.
   */
  public Load whileRunning(Action action) {
    this.whileRunning = action;
    return this;
  }

  /**
   * Does something to the system at a time after the start of the run. Faults are done one after the other, in the
   * order of their times, so a long one delays the next; the result tells the true times. If one throws, or the load
   * has ended before it is due, the run fails.
   */
  public Load fault(Duration sinceStart, String faultName, Action action) {
    faults.add(new Plan.DueFault(sinceStart, faultName, action));
    return this;
  }

  /** Says how long a complete answer may take before its request counts as unanswered; 15 s if it is not called. */
  public Load readTimeout(Duration timeout) {
    this.readTimeout = timeout;
    return this;
  }

  /** Says when the whole run is given up, warm-up and faults included; 5 minutes if it is not called. */
  public Load giveUpAfter(Duration time) {
    this.giveUpAfter = time;
    return this;
  }

  /**
   * Says how many places for instances the balancer knows of that nobody is in; asked when the run begins. It tries them
   * now and then, which moves its rotation a little.
   */
  public Load freePlaces(IntSupplier places) {
    this.freePlaces = places;
    return this;
  }

  /** Says where what happens to nodes is written down, so that the result has what happened during the run. */
  public Load timeline(Timeline nodes) {
    this.timeline = nodes;
    return this;
  }

  /** Says how much CPU time each node has used so far, by its name; asked before and after the run. */
  public Load cpu(Supplier<Map<String, Duration>> usedByNode) {
    this.cpu = usedByNode;
    return this;
  }

  /** Says what this machine can do without any application, for the result to carry; asked when the run begins. */
  public Load calibratedBy(Supplier<Calibration> known) {
    this.calibration = known;
    return this;
  }

  /**
   * Says the same, and how it is measured again when the result is compared with it: a verdict by a yardstick that has
   * changed meanwhile is none.
   *
   * @param again gives nothing if it cannot be measured any more
   */
  public Load calibratedBy(Supplier<Calibration> known, Supplier<Optional<Calibration>> again) {
    this.recalibration = again;
    return calibratedBy(known);
  }

  /** Has somebody be told of each finished run, one after the other listener; what it throws, {@link #run} throws. */
  public Load listener(Consumer<LoadResult> each) {
    this.listener = listener.andThen(each);
    return this;
  }

  /** Says where the report of the run will be, for its result to tell. */
  public Load report(Path file) {
    this.report = file;
    return this;
  }

  /**
   * Carries the run out and waits for its end. All threads have ended and all connections are closed then, whatever
   * happened. A run of more than two seconds logs its progress.
   *
   * @throws IllegalStateException if the description is not complete; the message lists all that is wrong
   * @throws LoadFailedException if the run could not be carried out as described
   */
  public LoadResult run() {
    List<String> wrong = new ArrayList<>(mistakes);
    if (mix.isEmpty() && steps.isEmpty()) {
      wrong.add("nothing to send: call get, post, put, patch, delete, mixed or step");
    } else if (!mix.isEmpty() && !steps.isEmpty()) {
      wrong.add("both steps and single requests were given, " + steps.getFirst().name() + " and " + mix);
    }
    Model described = model;
    if (described == null) {
      wrong.add("nobody sends: call closed(users(20), iterations(10)), closed(users(8).during(ofSeconds(5)))"
          + " or open(rate(300).perSecond().during(ofSeconds(5)))");
    } else if (!described.bounded() && whileRunning == null) {
      wrong.add("no end: a load without iterations or time needs whileRunning(action)");
    }
    Target balancer = target.readTimeout(readTimeout);
    Route route = pinning.route(balancer, directUris.get(), wrong);
    if (!wrong.isEmpty() || described == null) {
      throw new IllegalStateException("the load '" + name + "' cannot run: " + String.join("; ", wrong));
    }
    List<Plan.DueFault> due = faults.stream().sorted(Comparator.comparing(Plan.DueFault::at)).toList();
    Plan plan = new Plan(
        name, route, instanceHeader, instances, scenarios(), warmUpMix.isEmpty() ? scenarios() : scenarios(warmUpMix),
        check, warmUp, described, whileRunning, due, giveUpAfter,
        new Plan.Surroundings(freePlaces, timeline, cpu, calibration, recalibration, listener, report));
    try (Circumstances circumstances = new Circumstances(plan)) {
      return new Run(plan).result(circumstances);
    }
  }

  private List<Scenario> scenarios() {
    return steps.isEmpty()
        ? scenarios(mix)
        : List.of(new Scenario(steps.stream().map(step -> step.on(onEach, onEachCall)).toList(), 1));
  }

  private List<Scenario> scenarios(List<RequestTemplate> templates) {
    return templates.stream().map(onEach).map(Scenario::of).toList();
  }

  private Load sentBy(Model newModel) {
    this.model = newModel;
    return this;
  }

  private Load onEach(UnaryOperator<RequestTemplate> more) {
    UnaryOperator<RequestTemplate> before = onEach;
    onEach = template -> more.apply(before.apply(template));
    return this;
  }
}
