package dev.scalable.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  private static final String ACCOUNT = "/nonexistent";

  @Test void the_home_that_the_environment_names_counts_before_that_of_the_account() {
    assertThat(CacheFolder.path(Map.of("HOME", "/home/me"), ACCOUNT))
        .isEqualTo(Path.of("/home/me/.cache/scalable-testkit"));
    assertThat(CacheFolder.path(Map.of(), "/home/me")).isEqualTo(Path.of("/home/me/.cache/scalable-testkit"));
    assertThat(CacheFolder.path(Map.of("HOME", ""), "/home/me")).isEqualTo(Path.of("/home/me/.cache/scalable-testkit"));
  }

  @Test void a_cache_folder_that_is_named_counts_before_any_home_unless_it_is_relative() {
    assertThat(CacheFolder.path(Map.of("XDG_CACHE_HOME", "/cache", "HOME", "/home/me"), ACCOUNT))
        .isEqualTo(Path.of("/cache/scalable-testkit"));
    assertThat(CacheFolder.path(Map.of("XDG_CACHE_HOME", "cache", "HOME", "/home/me"), ACCOUNT))
        .isEqualTo(Path.of("/home/me/.cache/scalable-testkit"));
  }
}
