package dev.scalable.server;

import static dev.scalable.server.Wire.get;
import static dev.scalable.server.Wire.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.http.StaticFiles;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The files of a page. */
class StaticFilesTest {

  @TempDir
  private Path temp;
  private Path web;

  @BeforeEach
  void write() throws Exception {
    web = Files.createDirectories(temp.resolve("web"));
    Files.createDirectories(web.resolve("sub"));
    Files.writeString(web.resolve("index.html"), "<h1>home</h1>");
    Files.writeString(web.resolve("a b.css"), "b{}");
    Files.writeString(web.resolve("digits.bin"), "0123456789");
    Files.writeString(web.resolve("sub/index.html"), "<h1>sub</h1>");
    Files.writeString(web.resolve("sub/app.js"), "run()");
    Files.writeString(temp.resolve("secret.txt"), "secret of the house");
  }

  private TestServer start(ServerSettings.Threads threads) {
    return TestServer.start(threads, Route.files("/assets", StaticFiles.fromFolder(web)),
        Route.files("/", StaticFiles.fromFolder(web.resolve("sub")).withCacheControl("public, max-age=60")),
        Route.get("/api", r -> Response.text("api")));
  }

  @ParameterizedTest
  @EnumSource
  void a_file_is_served_with_its_type_its_tag_and_its_rule_for_caches(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/assets/a%20b.css"))).satisfies(answer -> {
        assertThat(answer.body()).isEqualTo("b{}");
        assertThat(answer.header("Content-Type")).contains("text/css; charset=utf-8");
        assertThat(answer.header("Cache-Control")).contains("no-cache");
        assertThat(answer.header("Accept-Ranges")).contains("bytes");
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
        assertThat(wire.ask(get("/assets/a%20b.css", "If-None-Match: " + answer.header("ETag").orElseThrow())).status())
            .isEqualTo(304);
      });
      assertThat(wire.ask(get("/assets/")).body()).isEqualTo("<h1>home</h1>");
      assertThat(wire.ask(get("/assets/sub/")).body()).isEqualTo("<h1>sub</h1>");
      assertThat(wire.ask(get("/assets/sub/app.js?v=1")).header("Content-Type")).contains("text/javascript; charset=utf-8");
      assertThat(wire.ask(get("/assets/digits.bin")).header("Content-Type")).contains("application/octet-stream");
      assertThat(wire.ask(get("/"))).satisfies(answer -> {
        assertThat(answer.body()).isEqualTo("<h1>sub</h1>");
        assertThat(answer.header("Cache-Control")).contains("public, max-age=60");
      });
      assertThat(wire.ask(get("/api")).body()).as("a route of its own wins").isEqualTo("api");
      assertThat(wire.send(head("HEAD /assets/digits.bin")).answer(false).header("Content-Length")).contains("10");
      assertThat(wire.ask(head("DELETE /assets/digits.bin")).header("Allow")).contains("GET, HEAD, OPTIONS");
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothing_outside_is_reached_by_any_path(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads)) {
      for (String path : List.of("/assets/../secret.txt", "/assets/%2e%2e/secret.txt", "/assets/sub/../../secret.txt",
          "/assets/..%2fsecret.txt", "/assets/..%5csecret.txt", "/assets//secret.txt", "/assets/" + web + "/index.html",
          "/assets/%00/index.html", "/assets/index.html%00.css", "/assets/%c0%ae%c0%ae/secret.txt", "/assets/..;/secret.txt",
          "/assets/%252e%252e/secret.txt", "/assets/sub", "/assets", "/assets/nothing", "/assets/sub/app.js/")) {
        try (Wire wire = server.connect()) {
          assertThat(wire.ask(get(path))).as(path).satisfies(answer -> {
            assertThat(answer.status()).isIn(400, 404);
            assertThat(answer.body()).doesNotContain("secret of");
          });
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void head_is_of_the_whole_file_whatever_range_it_asks_for(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads); Wire wire = server.connect()) {
      for (String range : List.of("bytes=0-1", "bytes=1000-")) {
        Wire.Answer answer = wire.send(head("HEAD /assets/digits.bin", "Range: " + range)).answer(false);
        assertThat(answer.status()).as(range).isEqualTo(200);
        assertThat(answer.header("Content-Length")).contains("10");
        assertThat(answer.header("Content-Range")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_range_is_that_part_of_the_file(ServerSettings.Threads threads) throws Exception {
    try (TestServer server = start(threads); Wire wire = server.connect()) {
      String tag = wire.ask(get("/assets/digits.bin")).header("ETag").orElseThrow();
      for (List<String> row : List.of(List.of("bytes=0-3", "0123", "0-3"), List.of("bytes=7-", "789", "7-9"),
          List.of("bytes=-2", "89", "8-9"), List.of("bytes=-99", "0123456789", "0-9"), List.of("bytes=9-999", "9", "9-9"))) {
        assertThat(wire.ask(get("/assets/digits.bin", "Range: " + row.get(0), "If-Range: " + tag))).as(row.get(0))
            .satisfies(answer -> {
              assertThat(answer.status()).isEqualTo(206);
              assertThat(answer.body()).isEqualTo(row.get(1));
              assertThat(answer.header("Content-Range")).contains("bytes " + row.get(2) + "/10");
              assertThat(answer.header("ETag")).contains(tag);
            });
      }
      for (String none : List.of("bytes=10-", "bytes=10-20", "bytes=-0")) {
        assertThat(wire.ask(get("/assets/digits.bin", "Range: " + none))).as(none).satisfies(answer -> {
          assertThat(answer.status()).isEqualTo(416);
          assertThat(answer.header("Content-Range")).contains("bytes */10");
        });
      }
      for (String whole : List.of("bytes=0-1,3-4", "lines=1-2", "bytes=", "bytes=-", "bytes=3-1", "bytes=a-b",
          "bytes=99999999999999999999-", "bytes=0-1\r\nIf-Range: \"other\"")) {
        assertThat(wire.ask(get("/assets/digits.bin", "Range: " + whole))).as(whole).satisfies(answer -> {
          assertThat(answer.status()).isEqualTo(200);
          assertThat(answer.body()).isEqualTo("0123456789");
        });
      }
      assertThat(wire.ask(get("/assets/digits.bin", "Range: bytes=0-1", "If-None-Match: " + tag)).status()).isEqualTo(304);
    }
  }

  @Test
  void a_folder_in_a_jar_is_served_like_any_other() throws Exception {
    Path jar = temp.resolve("app.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String entry : List.of("page/", "page/sub/", "page/index.html", "page/sub/x.txt", "other.txt")) {
        zip.putNextEntry(new ZipEntry(entry));
        if (!entry.endsWith("/")) {
          zip.write(("in " + entry).getBytes(StandardCharsets.UTF_8));
        }
        zip.closeEntry();
      }
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    StaticFiles files;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      files = StaticFiles.fromClassPath("page");
      assertThatIllegalStateException().isThrownBy(() -> StaticFiles.fromClassPath("nothing")).withMessageContaining("nothing");
    } finally {
      thread.setContextClassLoader(before);
    }
    try (TestServer server = TestServer.start(TestServer.threads(), Route.files("/", files)); Wire wire = server.connect()) {
      assertThat(wire.ask(get("/")).body()).isEqualTo("in page/index.html");
      assertThat(wire.ask(get("/sub/x.txt")).body()).isEqualTo("in page/sub/x.txt");
      assertThat(wire.ask(get("/other.txt")).status()).isEqualTo(404);
    }
  }

  @Test
  void a_link_that_leads_out_of_the_folder_stops_the_start_and_so_does_a_folder_that_is_none() throws Exception {
    Files.createSymbolicLink(web.resolve("inside.html"), web.resolve("index.html"));
    assertThat(StaticFiles.fromFolder(web)).isNotNull();
    Files.createSymbolicLink(web.resolve("out.txt"), temp.resolve("secret.txt"));
    assertThatIllegalStateException().isThrownBy(() -> StaticFiles.fromFolder(web)).withMessageContaining("out.txt");
    assertThatIllegalStateException().isThrownBy(() -> StaticFiles.fromFolder(temp.resolve("none"))).withMessageContaining("none");
  }
}
