package dev.scalable.testkit.check;

import dev.scalable.testkit.history.Operation;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.history.Recorder;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import dev.scalable.testkit.load.NoAnswerException;
import java.net.URI;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A process of a history that works on its data by HTTP: sends a request for each operation and records what the answer
 * says about it.
 *
 * <pre>{@code
 * try (RecordingClient buyer = RecordingClient.open(recorder, "buyer-1", cluster.uri())) {
 *   buyer.write("item-1", 5, Call.put("/items/1", "{\"stock\":5}"));
 *   buyer.read("item-1", Call.get("/items/1"), answer -> stockOf(answer));
 * }
 * }</pre>
 *
 * <p>An operation is acknowledged by a status of 2xx. A read that finds nothing, by 404, saw null. Any other end of a
 * read failed; a write, addition or CAS failed if it was not sent or was refused, by any other status below 500 (409
 * and 412 for a CAS among them) or by 503, and is in doubt otherwise.
 *
 * <p>For one thread at a time.
 */
public final class RecordingClient implements AutoCloseable {
  private final Recorder recorder;
  private final String process;
  private final Client client;

  private RecordingClient(Recorder recorder, String process, Client client) {
    this.recorder = recorder;
    this.process = process;
    this.client = client;
  }

  /**
   * Returns a process that talks to {@code http://host:port}.
   *
   * @throws IllegalArgumentException if the URI is not such an address
   */
  public static RecordingClient open(Recorder recorder, String process, URI uri) {
    return new RecordingClient(recorder, process, Client.open(uri));
  }

  /**
   * Reads a key.
   *
   * @param seen takes the value from an answer of 2xx; what it throws is thrown on, and the read has failed
   */
  public Operation read(String key, Call call, Function<Answer, ?> seen) {
    Recorder.Pending read = recorder.read(process, key);
    try {
      Answer answer = client.send(call);
      if (answer.status() == 404) {
        return read.ok(null);
      }
      return succeeded(answer) ? read.ok(seenBy(seen, answer, read)) : read.unanswered(refused(answer));
    } catch (NoAnswerException none) {
      return read.unanswered(none.outcome());
    }
  }

  /** Sets a key to a value; null removes it. */
  public Operation write(String key, @Nullable Object value, Call call) {
    return acknowledged(recorder.write(process, key, value), call);
  }

  /** Adds an amount to a counter or an element to a set. */
  public Operation add(String key, Object value, Call call) {
    return acknowledged(recorder.add(process, key, value), call);
  }

  /**
   * Adds an element that the system chooses, such as an id.
   *
   * @param chosen takes it from an answer of 2xx; what it throws is thrown on, and the addition is in doubt
   */
  public Operation add(String key, Call call, Function<Answer, ?> chosen) {
    Recorder.Pending addition = recorder.add(process, key, null);
    try {
      Answer answer = client.send(call);
      return succeeded(answer)
          ? addition.ok(seenBy(chosen, answer, addition))
          : addition.unanswered(refused(answer));
    } catch (NoAnswerException none) {
      return addition.unanswered(none.outcome());
    }
  }

  /** Sets a key from an expected value to another. */
  public Operation compareAndSet(String key, @Nullable Object expected, @Nullable Object value, Call call) {
    return acknowledged(recorder.compareAndSet(process, key, expected, value), call);
  }

  /** Closes the connection. The process may go on and opens a new one then. */
  @Override
  public void close() {
    client.close();
  }

  private Operation acknowledged(Recorder.Pending operation, Call call) {
    try {
      Answer answer = client.send(call);
      return succeeded(answer) ? operation.ok() : operation.unanswered(refused(answer));
    } catch (NoAnswerException none) {
      return operation.unanswered(none.outcome());
    }
  }

  private static @Nullable Object seenBy(Function<Answer, ?> seen, Answer answer, Recorder.Pending operation) {
    try {
      return seen.apply(answer);
    } catch (RuntimeException | AssertionError unreadable) {
      operation.unanswered(new Outcome.CheckFailed(unreadable + " on " + answer));
      throw unreadable;
    }
  }

  private static boolean succeeded(Answer answer) {
    return answer.status() / 100 == 2;
  }

  private static Outcome refused(Answer answer) {
    return new Outcome.BadStatus(answer.status(), false);
  }
}
