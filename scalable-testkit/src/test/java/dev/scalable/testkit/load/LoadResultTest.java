package dev.scalable.testkit.load;

import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.untilSteady;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.history.Event;
import dev.scalable.testkit.history.Exchange;
import dev.scalable.testkit.history.Outcome;
import dev.scalable.testkit.history.Timeline;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A result tells what happened, from every side that a judge or a reader needs. */
class LoadResultTest {
  @Test
  void a_series_has_every_request_in_the_slice_of_its_end() {
    LoadResult result = RecordedLoad.open()
        .exchange(exchange(0, 5, "a", new Outcome.Ok()))
        .exchange(exchange(10, 99, "b", new Outcome.Ok()))
        .exchange(exchange(20, 100, "a", new Outcome.Ok()))
        .exchange(exchange(20, 310, null, new Outcome.ReadTimeout()))
        .exchange(exchange(30, 310, null, new Outcome.Dropped("full")))
        .exchange(exchange(30, 310, "b", new Outcome.BadStatus(500, false)))
        .result();
    List<Slice> series = result.series(ofMillis(100));
    assertThat(series).extracting(Slice::begin)
        .containsExactly(ofMillis(0), ofMillis(100), ofMillis(200), ofMillis(300));
    assertThat(series).extracting(Slice::length).containsOnly(ofMillis(100));
    assertThat(series).extracting(Slice::ok).containsExactly(2, 1, 0, 0);
    assertThat(series).extracting(Slice::failed).containsExactly(0, 0, 0, 1);
    assertThat(series).extracting(Slice::indeterminate).containsExactly(0, 0, 0, 1);
    assertThat(series).extracting(Slice::dropped).containsExactly(0, 0, 0, 1);
    assertThat(series).extracting(Slice::byInstance)
        .containsExactly(Map.of("a", 1, "b", 1), Map.of("a", 1), Map.of(), Map.of("b", 1));
    assertThat(series).extracting(Slice::max).containsExactly(ofMillis(89), ofMillis(80), null, null);
    assertThat(series).extracting(Slice::p50).containsExactly(ofMillis(5), null, null, null);
    assertThatThrownBy(() -> result.series(Duration.ZERO)).hasMessageContaining("a slice is at least 1 ms long");
  }

  @Test
  void a_slice_has_the_percentiles_that_its_requests_allow() {
    RecordedLoad load = RecordedLoad.open();
    for (int i = 1; i <= 100; i++) {
      load.exchange(exchange(0, i, "a", new Outcome.Ok()));
    }
    Slice slice = load.result().series(Duration.ofSeconds(1)).getFirst();
    assertThat(slice.p50()).isEqualTo(ofMillis(50));
    assertThat(slice.p99()).isEqualTo(ofMillis(99));
    assertThat(slice.max()).isEqualTo(ofMillis(100));
  }

  @Test
  void an_empty_run_has_an_empty_series() {
    assertThat(RecordedLoad.closed().result().series(ofMillis(100))).isEmpty();
  }

  @Test
  void the_histogram_log_can_be_read_by_the_tools_of_the_histograms() {
    RecordedLoad load = RecordedLoad.open();
    for (int i = 1; i <= 1_000; i++) {
      load.exchange(
          Exchange.of("run", i, 0).start(ofMillis(i), ofMillis(i + 2)).ended(ofMillis(i + 5), new Outcome.Ok()));
    }
    byte[] log = load.result().histogramLog().getBytes(StandardCharsets.UTF_8);
    Map<String, Long> medians = new HashMap<>();
    HistogramLogReader reader = new HistogramLogReader(new ByteArrayInputStream(log));
    while (reader.hasNext()) {
      EncodableHistogram next = reader.nextIntervalHistogram();
      medians.put(next.getTag(), ((Histogram) next).getValueAtPercentile(50) / 1_000_000);
    }
    assertThat(medians).isEqualTo(Map.of("service", 3L, "response", 5L, "lateness", 2L));
  }

  @Test
  void what_the_surroundings_know_is_in_the_result() throws Exception {
    Timeline timeline = new Timeline();
    timeline.record("app-1", "started");
    AtomicInteger asked = new AtomicInteger();
    List<LoadResult> finished = new ArrayList<>();
    Calibration calibration = new Calibration(10_000, ofMillis(1), ofMillis(5));
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Instant before = Instant.now();
      LoadResult result = Load.against(server.uri())
          .get("/")
          .closed(users(2), iterations(10))
          .timeline(timeline)
          .whileRunning(() -> timeline.record("app-1", "killed"))
          .cpu(() -> asked.incrementAndGet() == 1
              ? Map.of("app-1", ofMillis(100), "restarted", ofMillis(500))
              : Map.of("app-1", ofMillis(350), "restarted", ofMillis(30), "added", ofMillis(70)))
          .calibratedBy(() -> calibration)
          .report(Path.of("reports", "latest"))
          .listener(finished::add)
          .run();
      assertThat(result.startedAt()).isBetween(before, Instant.now());
      assertThat(result.timeline()).singleElement().satisfies(event -> {
        assertThat(event).extracting(Event::node, Event::what).containsExactly("app-1", "killed");
        assertThat(event.at()).isBetween(Duration.ZERO, result.duration().plusSeconds(5));
      });
      assertThat(result.cpu()).containsOnlyKeys("app-1", "restarted", "added", "client")
          .containsEntry("app-1", ofMillis(250))
          .containsEntry("restarted", ofMillis(30))
          .containsEntry("added", ofMillis(70));
      assertThat(result.calibration()).contains(calibration);
      assertThat(result.noise().generatorShare()).isPresent();
      assertThat(finished).containsExactly(result);
      assertThat(result.toString()).contains("report " + Path.of("reports", "latest"), "calibration 10000/s");
    }
  }

  @Test
  void a_calibration_agrees_with_one_within_a_factor_of_two() {
    Calibration calibration = new Calibration(10_000, ofMillis(2), ofMillis(5));
    assertThat(calibration.agreesWith(new Calibration(5_000, ofMillis(4), ofMillis(50)))).isTrue();
    assertThat(calibration.agreesWith(new Calibration(4_999, ofMillis(2), ofMillis(5)))).isFalse();
    assertThat(calibration.agreesWith(new Calibration(20_001, ofMillis(2), ofMillis(5)))).isFalse();
    assertThat(calibration.agreesWith(new Calibration(10_000, ofMillis(5), ofMillis(5)))).isFalse();
  }

  @Test
  void a_calibration_is_taken_from_a_load() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      LoadResult result = Load.against(server.uri()).get("/").closed(users(2), iterations(500)).run();
      Calibration calibration = Calibration.of(result);
      assertThat(calibration.requestsPerSecond()).isEqualTo(result.throughput());
      assertThat(calibration.p50()).isEqualTo(result.service().p50());
      assertThat(calibration.p99()).isEqualTo(result.service().p99());
    }
  }

  @Test
  void what_the_warm_up_did_is_told() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load load = Load.against(server.uri()).get("/").closed(users(2), iterations(5));
      assertThat(load.run().toString()).doesNotContain("warm-up");
      assertThat(load.warmUp(requests(30)).run().toString()).contains("\n  warm-up 30 requests\n");
      LoadResult steady = load.warmUp(untilSteady()).run();
      assertThat(steady.scheduled()).isEqualTo(10);
      assertThat(steady.toString())
          .containsPattern("\n  warm-up (NOT )?steady after \\d+ requests and [\\d.]+ s, median of 500 requests from ");
    }
  }

  private static Exchange exchange(int start, int end, @Nullable String instance, Outcome outcome) {
    return Exchange.of("run", 0, 0)
        .request("write", "POST", "/")
        .start(ofMillis(start))
        .answered(ofMillis(end), instance)
        .ended(ofMillis(end), outcome);
  }
}
