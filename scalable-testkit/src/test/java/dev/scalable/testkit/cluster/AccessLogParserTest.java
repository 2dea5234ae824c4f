package dev.scalable.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.cluster.AccessLogEntry.Attempt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as nginx 1.22 wrote them, and what is made of them. */
class AccessLogParserTest {
  private static final String RETRIED = line("\"127.0.0.1:20001, 127.0.0.1:20002\"", "\"502, 200\"", "\"-, 0.001\"",
      "\"-, 0.004\"", "\"0.003, 0.005\"");

  @TempDir private Path folder;

  @Test void a_line_is_an_entry_with_all_attempts() {
    AccessLogEntry entry = parse(RETRIED);
    assertThat(entry).isEqualTo(new AccessLogEntry(
        Instant.parse("2026-11-23T10:15:30.123Z"), "run-0-1", "PUT", "/a?b=\"c\\d\u0001é", 200, Duration.ofMillis(8),
        List.of(
            new Attempt("127.0.0.1:20001", 502, null, null, Duration.ofMillis(3)),
            new Attempt("127.0.0.1:20002", 200, Duration.ofMillis(1), Duration.ofMillis(4), Duration.ofMillis(5)))));
    assertThat(entry.retried()).isTrue();
    assertThat(entry.attempts()).extracting(Attempt::answered).containsExactly(false, true);
    assertThat(entry.toString()).endsWith(": 200 after 8 ms; 127.0.0.1:20001: no connection (502) after 3 ms;"
        + " 127.0.0.1:20002 answered 200 after 5 ms");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-"})
  void an_answer_that_nginx_made_alone_has_no_attempt(String none) {
    String nothing = '"' + none + '"';
    AccessLogEntry entry = parse(line(nothing, nothing, nothing, nothing, nothing));
    assertThat(entry.attempts()).isEmpty();
    assertThat(entry.toString()).endsWith("sent to no instance");
  }

  @Test void groups_of_servers_are_one_list_of_attempts() {
    AccessLogEntry entry = parse(line(
        "\"[::1]:1, unix:/a : 10.0.0.1:2\"", "\"504, - : 200\"", "\"0.000, 0.000 : 0.000\"",
        "\"-, - : 0.001\"", "\"10.001, - : 0.001\""));
    assertThat(entry.attempts()).extracting(Attempt::address).containsExactly("[::1]:1", "unix:/a", "10.0.0.1:2");
    assertThat(entry.attempts()).extracting(Attempt::status).containsExactly(504, 0, 200);
    assertThat(entry.attempts()).extracting(Attempt::took)
        .containsExactly(Duration.ofMillis(10_001), Duration.ZERO, Duration.ofMillis(1));
  }

  @Test void fields_that_a_site_added_are_passed_over() {
    String more = RETRIED.replace("{\"time\"", "{\"bytes_in\":17,\"cached\":null,\"time\"");
    assertThat(parse(more)).isEqualTo(parse(RETRIED));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "", "not JSON", "[]", "{", "{}", "{\"msec\":{}}", "{\"msec\":1} {}",
      "{\"msec\":\"soon\",\"request_id\":\"a\"}"
  })
  void what_is_no_line_of_the_format_is_refused(String line) {
    assertThatThrownBy(() -> parse(line)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test void lists_that_differ_in_length_are_refused() {
    assertThatThrownBy(() -> parse(line("\"a:1, b:2\"", "\"200\"", "\"-, -\"", "\"-, -\"", "\"-, -\"")))
        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("[a:1, b:2] and [200]");
  }

  @Test void a_reader_waits_for_the_end_of_a_line_and_reads_none_twice() throws IOException {
    Path file = folder.resolve("access.json");
    AccessLogReader reader = new AccessLogReader(file);
    List<AccessLogEntry> entries = new ArrayList<>();
    reader.readNew(entries::add);
    assertThat(entries).as("of no file").isEmpty();

    byte[] line = (RETRIED + "\n").getBytes(StandardCharsets.UTF_8);
    Files.write(file, line);
    Files.write(file, line, StandardOpenOption.APPEND);
    for (int end = 1; end < line.length; end++) { // cut anywhere, also within a character
      Files.write(file, new byte[] {line[end - 1]}, StandardOpenOption.APPEND);
      reader.readNew(entries::add);
      assertThat(entries).hasSize(2);
    }
    Files.write(file, new byte[] {'\n'}, StandardOpenOption.APPEND);
    reader.readNew(entries::add);
    reader.readNew(entries::add);
    assertThat(entries).hasSize(3).containsOnly(parse(RETRIED));
  }

  @Test void a_long_log_is_read_whole() throws IOException {
    Path file = folder.resolve("access.json");
    Files.writeString(file, (RETRIED + "\n").repeat(1_000));
    List<AccessLogEntry> entries = new ArrayList<>();
    new AccessLogReader(file).readNew(entries::add);
    assertThat(entries).hasSize(1_000).containsOnly(parse(RETRIED));
  }

  @Test void a_broken_line_is_named() throws IOException {
    Path file = folder.resolve("access.json");
    Files.writeString(file, RETRIED + "\nbroken\n");
    assertThatThrownBy(() -> new AccessLogReader(file).readNew(entry -> {}))
        .isInstanceOf(ClusterException.class).hasMessageContaining("line 2 of the access log " + file);
  }

  private static AccessLogEntry parse(String line) {
    return AccessLogParser.parse(line.getBytes(StandardCharsets.UTF_8));
  }

  private static String line(String addresses, String statuses, String connects, String headers, String responses) {
    return "{\"time\":\"2026-11-23T10:15:30+00:00\",\"msec\":1795428930.123,\"request_id\":\"run-0-1\","
        + "\"remote_addr\":\"127.0.0.1\",\"request_method\":\"PUT\",\"request_uri\":\"/a?b=\\\"c\\\\d\\u0001é\","
        + "\"status\":200,\"bytes_sent\":300,\"request_time\":0.008,\"connection\":4,\"connection_requests\":1,"
        + "\"upstream_addr\":" + addresses + ",\"upstream_status\":" + statuses
        + ",\"upstream_connect_time\":" + connects + ",\"upstream_header_time\":" + headers
        + ",\"upstream_response_time\":" + responses + "}";
  }
}
