package dev.scalable.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.nginx.NginxVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which nginx is used, with scripts in the place of nginx that report a version. */
class NginxSearchTest {

  @TempDir Path folder;

  private DebianNginx unpacked;

  @BeforeEach
  void an_unpacked_nginx_lies_in_the_cache() throws IOException {
    unpacked = new DebianNginx(folder.resolve("cache"), "nginx-test");
    script(folder.resolve("cache/nginx-test"), "echo nginx version: nginx/1.24.0 >&2");
  }

  @Test
  void the_named_one_wins() throws IOException {
    Path named = script(folder.resolve("named"), "echo nginx version: nginx/1.28.3 >&2");
    Path other = script(folder.resolve("other"), "echo nginx version: nginx/1.26.0 >&2");

    NginxBinary found = new NginxSearch(named, List.of(parent(other)), unpacked).find();

    assertThat(found).isEqualTo(new NginxBinary(named, new NginxVersion(1, 28, 3)));
  }

  @Test
  void a_named_one_that_is_not_there_is_an_error_even_if_others_are() throws IOException {
    Path other = script(folder.resolve("other"), "echo nginx version: nginx/1.26.0 >&2");
    NginxSearch search = new NginxSearch(folder.resolve("absent"), List.of(parent(other)), unpacked);

    assertThatThrownBy(search::find)
        .isInstanceOf(NginxNotAvailableException.class)
        .hasMessageContaining("absent is not an executable file")
        .hasMessageContaining("scalable.testkit.nginx")
        .hasMessageContaining("SCALABLE_TESTKIT_NGINX");
  }

  @Test
  void folders_are_searched_in_order_and_the_unusable_passed_over() throws IOException {
    Path old = script(folder.resolve("old"), "echo nginx version: nginx/1.18.0 >&2");
    Path broken = script(folder.resolve("broken"), "echo cannot open libpcre >&2; exit 127");
    Path good = script(folder.resolve("good"), "echo nginx version: openresty nginx/1.20.0 >&2");
    List<Path> folders = List.of(folder.resolve("absent"), parent(old), parent(broken), parent(good));

    assertThat(new NginxSearch(null, folders, unpacked).find().path()).isEqualTo(good);
  }

  @Test
  void the_cache_is_the_last_resort() {
    assertThat(new NginxSearch(null, List.of(folder), unpacked).find().version()).isEqualTo(new NginxVersion(1, 24, 0));
  }

  @Test
  void a_failure_names_all_that_was_tried_and_what_to_do() throws IOException {
    Path old = script(folder.resolve("old"), "echo nginx version: nginx/1.18.0 >&2");
    Path noFolder = Files.writeString(folder.resolve("file"), "");
    NginxSearch search = new NginxSearch(null, List.of(parent(old)), new DebianNginx(noFolder, "nginx-test"));

    assertThatThrownBy(search::find)
        .isInstanceOf(NginxNotAvailableException.class)
        .hasMessageContaining("apt install nginx")
        .hasMessageContaining("is nginx 1.18.0; 1.20.0 is the oldest")
        .hasMessageContaining("fetching it:")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  private static Path script(Path folder, String command) throws IOException {
    Path script = Files.createDirectories(folder).resolve("nginx");
    Files.writeString(script, "#!/bin/sh\n" + command + "\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path parent(Path file) {
    return file.resolveSibling("");
  }
}
