package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.scalable.http.ErrorMapper;
import dev.scalable.http.Problem;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import io.undertow.server.HttpServerExchange;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailuresTest {

  @Test
  void mistakes_of_routes_and_of_mappers_are_told_by_one_start() {
    assertThatIllegalStateException()
        .isThrownBy(() -> TestServer.start(TestServer.settings(ServerSettings.Threads.PLATFORM),
            Set.of(Route.get("/{a}", r -> Response.noContent()), Route.get("/{b}", r -> Response.noContent())),
            to(404, IOException.class), to(502, IOException.class)))
        .withMessageContainingAll("/{a}", "java.io.IOException");
  }


  private static final Observed REQUEST = Observed.begin(new HttpServerExchange(null),
      Observers.of(List.of(), List.of(), new Clients(TrustedProxies.parse(""))));

  private static <E extends Exception> ErrorMapper<E> to(int status, Class<E> type) {
    return ErrorMapper.of(type, e -> Problem.of(status, "x", "y"));
  }

  private static int status(Failures failures, Throwable thrown) {
    return failures.response(thrown, REQUEST, "GET /").status();
  }

  @Test
  void the_mapper_of_the_nearest_class_answers_in_whatever_order_they_are_given() {
    ErrorMapper<?> all = to(501, Exception.class);
    ErrorMapper<?> io = to(502, IOException.class);
    ErrorMapper<?> file = to(404, FileNotFoundException.class);
    for (Failures failures : List.of(Failures.of(List.of(all, io, file)), Failures.of(List.of(file, io, all)))) {
      assertThat(status(failures, new FileNotFoundException())).isEqualTo(404);
      assertThat(status(failures, new EOFException())).isEqualTo(502);
      assertThat(status(failures, new IllegalStateException())).isEqualTo(501);
      assertThat(status(failures, Problem.conflict("as it is"))).isEqualTo(409);
      assertThat(status(failures, new AssertionError("no exception"))).isEqualTo(500);
    }
  }

  /** PostgreSQL repeats the value that it refuses, as a client has sent it. */
  @Test
  void what_a_mapped_exception_says_stays_on_its_line_of_the_log() {
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    Logger log = (Logger) LoggerFactory.getLogger(Failures.class);
    lines.start();
    log.addAppender(lines);
    try {
      status(Failures.of(List.of(to(409, IOException.class))),
          new IOException("Key (name)=(x\r\nERROR forged\u001b[2J\u2028\u0085) exists"));
    } finally {
      log.detachAppender(lines);
    }
    assertThat(lines.list).singleElement().satisfies(line -> assertThat(line.getFormattedMessage())
        .contains("Key (name)=(x", "ERROR forged", ") exists").matches("[^\\p{Cntrl}\u2028\u0085]*"));
  }

  @Test
  void two_mappers_for_one_class_stop_the_start() {
    assertThatIllegalStateException()
        .isThrownBy(() -> Failures.of(List.of(to(404, IOException.class), to(502, IOException.class),
            to(400, EOFException.class), to(401, EOFException.class), to(500, Exception.class))))
        .withMessageContaining("java.io.EOFException, java.io.IOException")
        .withMessageNotContaining("java.lang.Exception");
  }
}
