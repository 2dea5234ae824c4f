package dev.scalable.redis;

import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The link to a Valkey is that to a Redis. */
class ValkeyLinkTest extends JedisLinkTest {

  @TempDir
  private static Path folder;

  private static OwnValkey valkey;

  @Override
  URI redis() {
    return valkey.uri();
  }

  @BeforeAll
  static void start_it() throws Exception {
    OwnValkey.assumeUsable();
    valkey = OwnValkey.start(folder);
  }

  @AfterAll
  static void stop_it() throws Exception {
    if (valkey != null) {
      valkey.close();
    }
  }
}
