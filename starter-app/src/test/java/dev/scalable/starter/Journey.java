package dev.scalable.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A client that sends each step of its work to the instance it wants, past the balancer. */
final class Journey implements AutoCloseable {

  /** For how long an instance may serve from its heap what another one has changed. */
  static final Duration VALIDITY_BOUND = Duration.ofSeconds(2);

  private final List<Client> clients;

  Journey(List<Instance> instances) {
    clients = instances.stream().map(instance -> Client.open(instance.uri())).toList();
  }

  /** A product's whole life on one instance: what is answered step by step, with the product's id masked. */
  static List<String> on(Instance instance) {
    return live(List.of(instance), List.of());
  }

  /**
   * The same life, each step on the next instance. What another instance has just changed may be seen only after the validity
   * bound, so a read that differs from {@code expected} is repeated for as long; a write is sent once.
   */
  static List<String> over(List<Instance> instances, List<String> expected) {
    return live(instances, expected);
  }

  private static List<String> live(List<Instance> instances, List<String> expected) {
    try (Journey journey = new Journey(instances)) {
      long id = journey.create(0, "on its way");
      List<Call> steps = List.of(
          Call.get("/products/" + id),
          Tokens.merchant(Call.put("/products/" + id, details("changed"))),
          Call.get("/products/" + id),
          Call.get("/products?after=" + (id - 1) + "&limit=1"),
          Tokens.merchant(Call.put("/products/" + id, "{\"name\":\"\"}")),
          Call.delete("/products/" + id),
          Call.get("/products/" + id),
          Tokens.merchant(Call.delete("/products/" + id)),
          Call.get("/products/" + id),
          Tokens.merchant(Call.delete("/products/" + id)));
      List<String> answers = new ArrayList<>();
      for (int step = 0; step < steps.size(); step++) {
        String wanted = step < expected.size() ? expected.get(step) : null;
        answers.add(journey.answer(step + 1, steps.get(step), id, wanted));
      }
      return answers;
    }
  }

  private String answer(int instance, Call call, long id, @Nullable String wanted) {
    long end = System.nanoTime() + VALIDITY_BOUND.toNanos();
    String answer = masked(client(instance).send(call), id);
    while (wanted != null && !answer.equals(wanted) && call.toString().startsWith("GET") && System.nanoTime() - end < 0) {
      answer = masked(client(instance).send(call), id);
    }
    return answer;
  }

  private static String masked(Answer answer, long id) {
    return answer.status() + " " + answer.text().replaceAll("\\b" + id + "\\b", "{id}")
        .replaceAll("\"(requestId|traceId)\":\"[^\"]*\"", "\"$1\":\"...\"");
  }

  private Client client(int number) {
    return clients.get(number % clients.size());
  }

  /** Creates a product through one of the instances, counted from 0, and returns its id. */
  long create(int instance, String name) {
    Answer answer = client(instance).send(
        Tokens.merchant(Call.post("/products", details(name))).header("Idempotency-Key", UUID.randomUUID().toString()));
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    String location = answer.header("Location").orElseThrow();
    return Long.parseLong(location.substring(location.lastIndexOf('/') + 1));
  }

  /** Sends a new product through both instances, with one key; returns what each answers, and whether it says it is a repeat. */
  List<String> createTwice(String name) {
    Call call = Tokens.merchant(Call.post("/products", details(name))).header("Idempotency-Key", UUID.randomUUID().toString());
    return List.of(0, 1).stream().map(instance -> client(instance).send(call))
        .map(answer -> answer.status() + " " + answer.text() + answer.header("Idempotent-Replayed").orElse("")).toList();
  }

  void update(int instance, long id, String name) {
    Answer answer = client(instance).send(Tokens.merchant(Call.put("/products/" + id, details(name))));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
  }

  String read(int instance, long id) {
    return client(instance).send(Call.get("/products/" + id)).text();
  }

  /** Reads through one of the instances until it answers what it should; fails when it does not within the validity bound. */
  void await(int instance, long id, String expected) {
    long end = System.nanoTime() + VALIDITY_BOUND.toNanos();
    String answer = read(instance, id);
    while (!answer.contains(expected)) {
      assertThat(System.nanoTime() - end).as("still answers " + answer).isNegative();
      answer = read(instance, id);
    }
  }

  private static String details(String name) {
    return "{\"name\":\"" + name + "\",\"priceCents\":250}";
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
  }
}
