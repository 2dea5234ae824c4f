package dev.scalable.testkit.report;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A Chromium without a window, that makes pictures of pages. */
final class Browser {
  private static final int LIMIT_SECONDS = 120;

  private final Path binary;

  private Browser(Path binary) {
    this.binary = binary;
  }

  /** The one on the path; empty if there is none. */
  static Optional<Browser> find() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome").map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Browser::new);
  }

  /** The top of a page, in a window of that size. */
  BufferedImage picture(Path page, int width, int height, boolean dark, Path folder) throws Exception {
    Path picture = folder.resolve(width + (dark ? "-dark" : "-light") + ".png");
    Path profile = Files.createTempDirectory(folder, "profile");
    Process process = new ProcessBuilder(
            binary.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--hide-scrollbars", "--user-data-dir=" + profile,
            "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1), "--window-size=" + width + "," + height,
            "--screenshot=" + picture, page.toUri().toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("browser.log").toFile())
        .start();
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || !Files.exists(picture)) {
        throw new IOException(binary + " made no picture of " + page + "; it said: "
            + Files.readString(folder.resolve("browser.log")));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    return ImageIO.read(picture.toFile());
  }
}
