package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page as a browser shows it; without Chromium nothing is said. The colours are those of report.css. */
class ReportInBrowserTest {
  private static final int LIGHT_PAPER = 0xfdfdfc;
  private static final int DARK_PAPER = 0x15181b;
  private static final int LIGHT_FIRST_INSTANCE = 0x4a7fb8;
  private static final int DARK_FIRST_INSTANCE = 0x5d94cf;
  private static final int HEIGHT = 2600;

  private final Optional<Browser> browser = Browser.find();

  /** The pictures stay here, to be looked at. */
  private final Path folder = Path.of("target", "report-in-browser").toAbsolutePath();

  @BeforeEach
  void needsAChromium() throws IOException {
    Files.createDirectories(folder);
    assumeTrue(browser.isPresent(), "no chromium on the PATH: the report was not looked at in a browser");
  }

  @Test
  void it_is_light_or_dark_as_the_reader_likes() throws Exception {
    BufferedImage light = picture(1100, false);
    BufferedImage dark = picture(1100, true);
    assertThat(colour(light, 2, 2)).isEqualTo(LIGHT_PAPER);
    assertThat(colour(dark, 2, 2)).isEqualTo(DARK_PAPER);
    assertThat(count(light, LIGHT_FIRST_INSTANCE)).as("the share of app-1 is drawn").isGreaterThan(5_000);
    assertThat(count(dark, DARK_FIRST_INSTANCE)).isGreaterThan(5_000);
  }

  @Test
  void on_a_phone_nothing_is_wider_than_the_screen() throws Exception {
    BufferedImage phone = picture(390, false);
    assertThat(phone.getWidth()).isEqualTo(390);
    assertThat(count(phone, LIGHT_FIRST_INSTANCE)).as("the drawing is there").isGreaterThan(1_000);
    assertThat(IntStream.range(0, phone.getHeight()).filter(y -> colour(phone, 386, y) != LIGHT_PAPER))
        .as("rows in which something stands in the margin").isEmpty();
  }

  private BufferedImage picture(int width, boolean dark) throws Exception {
    Path own = Files.createTempDirectory(folder, "picture");
    Path page = Files.writeString(own.resolve("report.html"), HtmlPage.of(Sample.failed()));
    return browser.orElseThrow().picture(page, width, HEIGHT, dark, own);
  }

  private static long count(BufferedImage picture, int colour) {
    return IntStream.range(0, picture.getWidth() * picture.getHeight())
        .filter(i -> colour(picture, i % picture.getWidth(), i / picture.getWidth()) == colour)
        .count();
  }

  private static int colour(BufferedImage picture, int x, int y) {
    return picture.getRGB(x, y) & 0xffffff;
  }
}
