package dev.scalable.testkit.load;

import static dev.scalable.testkit.load.Load.rate;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Who waits for a long run of an open model is told how far it is. */
class ProgressTest {
  private static final Pattern PROGRESS = Pattern.compile("long run: sending, (\\d+) requests done, (\\d+) per second");

  private final Logger log = (Logger) LoggerFactory.getLogger(Load.class);
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();

  @BeforeEach void listen() {
    told.start();
    log.setLevel(Level.INFO);
    log.setAdditive(false);
    log.addAppender(told);
  }

  @AfterEach void go_away() {
    log.detachAppender(told);
    log.setAdditive(true);
    log.setLevel(null);
  }

  @Test void a_run_of_more_than_two_seconds_tells_how_many_requests_are_done_and_how_many_that_is_per_second()
      throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load.against(server.uri()).get("/").name("long run").open(rate(50).perSecond().during(ofMillis(2_400))).run();
    }
    List<Matcher> lines = told.list.stream()
        .map(ILoggingEvent::getFormattedMessage).map(PROGRESS::matcher).filter(Matcher::matches).toList();
    assertThat(lines).singleElement().satisfies(line -> {
      int done = Integer.parseInt(line.group(1));
      assertThat(done).as("sent in two seconds or a little more").isBetween(80, 120);
      assertThat(Integer.parseInt(line.group(2))).isEqualTo(done / 2);
    });
  }

  @Test void a_short_run_tells_its_result_alone() throws Exception {
    try (TestServer server = TestServer.start(TestServer.always(TestServer.ok("")))) {
      Load.against(server.uri()).get("/").name("short run").open(rate(50).perSecond().during(ofMillis(200))).run();
    }
    assertThat(told.list).singleElement()
        .satisfies(event -> assertThat(event.getFormattedMessage()).startsWith("short run: 10 requests (open model"));
  }
}
