package dev.scalable.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded is what was said, in the order of one clock. */
class RecorderTest {
  private final Recorder recorder = Recorder.start();

  @Test
  void an_operation_is_recorded_with_its_process_key_values_times_and_end() {
    recorder.initially("stock", 10);
    recorder.write("a", "stock", 9).ok();
    recorder.read("a", "stock").ok(9);
    recorder.compareAndSet("b", "stock", 9, 8).failed("409");
    recorder.add("b", "orders", null).ok("id-1");
    History history = recorder.history();
    assertThat(history.operations()).extracting(Operation::toString).satisfiesExactly(
        line -> assertThat(line).matches("#1 a wrote stock := 9, 0\\.\\d{6} to 0\\.\\d{6} s"),
        line -> assertThat(line).startsWith("#2 a read stock = 9, "),
        line -> assertThat(line).startsWith("#3 b changed stock from 9 to 8, ").endsWith(" s, failed (409)"),
        line -> assertThat(line).startsWith("#4 b added id-1 to orders, "));
    assertThat(history.keys()).containsExactly("stock", "orders");
    assertThat(history.initial("stock")).isEqualTo(10L);
    assertThat(history.initial("orders")).isNull();
    assertThat(history.of("orders").operations()).hasSize(1);
    assertThat(history.toString())
        .contains("4 operations by 2 processes on 2 keys", "3 ok, 1 failed, 0 in doubt");
    assertThat(history.operations().get(0).precedes(history.operations().get(1))).isTrue();
    assertThat(history.operations().get(1).precedes(history.operations().get(0))).isFalse();
  }

  @Test
  void what_has_not_ended_is_in_doubt_and_can_still_end() {
    Recorder.Pending write = recorder.write("a", "x", 1);
    assertThat(recorder.history().operations()).singleElement()
        .matches(operation -> operation.end() == Operation.End.UNKNOWN)
        .matches(operation -> operation.toString().endsWith("s, in doubt (it had not ended)"));
    write.ok();
    assertThat(recorder.history().operations()).singleElement().matches(Operation::ok);
  }

  @Test
  void a_process_does_one_operation_at_a_time_and_each_ends_once() {
    Recorder.Pending write = recorder.write("a", "x", 1);
    assertThatThrownBy(() -> recorder.read("a", "y"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'a' cannot READ 'y'")
        .hasMessageContaining("#1 a wrote x := 1")
        .hasMessageContaining("use another process");
    write.unknown("timeout");
    assertThatThrownBy(write::ok).isInstanceOf(IllegalStateException.class).hasMessageContaining("has ended already");
    recorder.read("a", "y").ok(null);
    assertThat(recorder.history().operations()).hasSize(2);
  }

  @Test
  void a_read_has_to_say_what_it_saw() {
    Recorder.Pending read = recorder.read("a", "x");
    assertThatThrownBy(read::ok).isInstanceOf(IllegalStateException.class).hasMessageContaining("ok(what it saw)");
    assertThat(read.ok(List.of(1, 2)).value()).isEqualTo(List.of(1L, 2L));
  }

  @Test
  void a_collection_is_copied_as_it_is_now() {
    List<Object> seen = new ArrayList<>(List.of(1));
    Operation read = recorder.read("a", "x").ok(seen);
    seen.add(2);
    assertThat(read.value()).isEqualTo(List.of(1L));
  }

  @ParameterizedTest
  @CsvSource({"409, FAILED", "503, FAILED", "429, FAILED", "500, UNKNOWN", "502, UNKNOWN", "504, UNKNOWN"})
  void a_refused_write_failed_and_a_broken_one_is_in_doubt(int status, Operation.End end) {
    Operation write = recorder.write("a", "x", 1).unanswered(new Outcome.BadStatus(status, false));
    assertThat(write.end()).isEqualTo(end);
    assertThat(write.note()).isEqualTo("status " + status);
    assertThat(recorder.read("a", "x").unanswered(new Outcome.BadStatus(status, false)).end())
        .isEqualTo(Operation.End.FAILED);
  }

  @Test
  void a_write_that_was_not_sent_failed_and_one_without_answer_is_in_doubt() {
    assertThat(end(new Outcome.Refused("refused"))).isEqualTo(Operation.End.FAILED);
    assertThat(end(new Outcome.ConnectTimeout())).isEqualTo(Operation.End.FAILED);
    assertThat(end(new Outcome.Dropped("no socket"))).isEqualTo(Operation.End.FAILED);
    assertThat(end(new Outcome.ReadTimeout())).isEqualTo(Operation.End.UNKNOWN);
    assertThat(end(new Outcome.ClosedBeforeResponse(true))).isEqualTo(Operation.End.UNKNOWN);
    assertThat(end(new Outcome.ResetMidResponse())).isEqualTo(Operation.End.UNKNOWN);
    assertThat(end(new Outcome.Malformed("no HTTP"))).isEqualTo(Operation.End.UNKNOWN);
    assertThat(end(new Outcome.CheckFailed("not as asked"))).isEqualTo(Operation.End.UNKNOWN);
    assertThatThrownBy(() -> end(new Outcome.Ok())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void many_threads_may_record_at_once() throws Exception {
    int threads = 8;
    int each = 500;
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int number = 0; number < threads; number++) {
      String process = "p" + number;
      all.add(Thread.ofPlatform().start(() -> {
        try {
          go.await();
        } catch (InterruptedException interrupted) {
          return;
        }
        for (int i = 0; i < each; i++) {
          recorder.add(process, "x", i).ok();
        }
      }));
    }
    go.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    List<Operation> operations = recorder.history().operations();
    assertThat(operations).hasSize(threads * each);
    assertThat(operations).extracting(Operation::number).doesNotHaveDuplicates();
    assertThat(operations).extracting(Operation::invoked).isSorted();
  }

  @Test
  void an_operation_does_not_end_before_it_begins() {
    assertThatThrownBy(() -> new Operation(
        1, "a", Operation.Kind.READ, "x", null, 1, Duration.ofMillis(2), Duration.ofMillis(1), Operation.End.OK, ""))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("before it was invoked");
  }

  private Operation.End end(Outcome outcome) {
    return recorder.write("a", "x", 1).unanswered(outcome).end();
  }
}
