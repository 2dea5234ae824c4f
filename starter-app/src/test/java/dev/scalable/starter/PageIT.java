package dev.scalable.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.opentest4j.TestAbortedException;

/**
 * The page in a real Chromium, on a cluster as {@code ./run} starts it. Without {@code chromedriver} on the path it is not run, and says
 * so; {@code -Dstarter.browser=required} makes that a failure. Pictures are in {@code target/page}.
 */
class PageIT {

  private static final Path PICTURES = Path.of("target", "page");

  /** For what an instance that starts on a busy machine may need. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static ControlPort control;
  private static Cluster cluster;
  private static ChromeDriver browser;

  @BeforeAll
  static void open_a_browser() throws Exception {
    Path driver = onPath("chromedriver").orElseThrow(() -> absent("chromedriver"));
    Path chromium = onPath("chromium", "chromium-browser", "google-chrome").orElseThrow(() -> absent("chromium"));
    String token = ControlPort.random();
    control = ControlPort.open(token);
    cluster = LocalCluster.start(Options.parse(new String[] {"--port", "0", "--instances", "2"}), control, token);
    control.controls(cluster);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(chromium.toFile());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--window-size=1200,1000");
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    browser = new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(driver.toFile()).build(), options);
    Files.createDirectories(PICTURES);
  }

  @AfterAll
  static void close_it() {
    if (browser != null) {
      browser.quit();
    }
    if (cluster != null) {
      cluster.close();
    }
    if (control != null) {
      control.close();
    }
  }

  private static Optional<Path> onPath(String... names) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(folder -> Stream.of(names).map(Path.of(folder)::resolve)).filter(Files::isExecutable).findFirst();
  }

  private static RuntimeException absent(String program) {
    String sentence = "NOT RUN: there is no " + program + " on the path, and so no browser to look at the page with";
    if ("required".equals(System.getProperty("starter.browser"))) {
      throw new AssertionError(sentence);
    }
    // A class that is given up before its first test has no line of its own in what Maven prints.
    System.out.println(sentence);
    return new TestAbortedException(sentence);
  }

  private static void open() {
    prefer("light");
    browser.get("about:blank");
    browser.get(control.page(cluster).toString());
    until("both instances answer", () -> text("#summary").equals("2 of 2 instances answer"));
  }

  private static void prefer(String scheme) {
    browser.executeCdpCommand("Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  private static void until(String what, BooleanSupplier holds) {
    new WebDriverWait(browser, PATIENCE).withMessage(() -> what + ", but the page has: " + text("main"))
        .until(driver -> holds.getAsBoolean());
  }

  private static String text(String selector) {
    return String.valueOf(((JavascriptExecutor) browser).executeScript("return document.querySelector(arguments[0])?.innerText", selector));
  }

  private static int number(String selector) {
    String text = text(selector);
    return text.matches("\\d+") ? Integer.parseInt(text) : -1;
  }

  private static void click(String selector) {
    browser.findElement(By.cssSelector(selector)).click();
  }

  private static void picture(String name) throws IOException {
    Files.write(PICTURES.resolve(name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
  }

  private static String state(String instance) {
    return text("#i-" + instance + " .state");
  }

  @Test
  void a_sale_goes_on_while_an_instance_is_killed_and_comes_back() throws Exception {
    open();
    click("#restock");
    until("500 are on sale", () -> number("#stock") == 500);
    click("#load");
    until("products are read", () -> number("#rate") > 0);
    picture("light");

    click("[aria-label='Kill app-1']");
    until("app-1 is gone", () -> state("app-1").equals("stopped"));
    click("#rush");
    until("the sale goes on", () -> number("#bought") > 0);
    picture("killed");
    click("[aria-label='Start app-1']");
    until("app-1 is back", () -> state("app-1").equals("answers"));
    until("every buyer knows", () -> number("#bought") + number("#late") + number("#lost") == 2_000);

    assertThat(number("#lost")).isZero();
    assertThat(number("#bought")).isEqualTo(500);
    assertThat(number("#late")).isEqualTo(1_500);
    until("nothing is left", () -> number("#stock") == 0);
    assertThat(number("#failed")).as("reads that failed").isZero();
    assertThat(browser.findElements(By.cssSelector("#feed li"))).as("the live feed").isNotEmpty();
    click("#load");
    picture("sold-out");
    assertThat(mistakes()).isEmpty();
  }

  /**
   * What the browser complains of, but for what must be: an order that comes too late is answered 409, and the stream from an instance
   * that is killed ends in the middle.
   */
  private static List<String> mistakes() {
    return browser.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue()).map(LogEntry::getMessage)
        .filter(message -> !(message.contains("/orders") && message.contains("409")) && !message.contains("/sales")).toList();
  }

  @Test
  void instances_are_paused_and_redis_is_cut_off_by_the_buttons() throws Exception {
    open();
    click("[aria-label='Pause app-2']");
    until("app-2 stands still", () -> state("app-2").equals("paused"));
    click("[aria-label='Resume app-2']");
    until("app-2 goes on", () -> state("app-2").equals("answers"));
    click("#cut-redis");
    until("the page says so", () -> text("#summary").contains("Redis is away"));
    picture("without-redis");
    click("#restore-redis");
    until("all is well again", () -> text("#summary").equals("2 of 2 instances answer"));
  }

  @Test
  void it_is_there_within_a_second_and_asks_nobody_else() {
    open();
    Object paint = browser.executeScript(
        "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 1e9");
    assertThat(((Number) paint).doubleValue()).as("ms until something is painted").isLessThan(1_000);
    Object hosts = browser.executeScript(
        "return [...new Set(performance.getEntriesByType('resource').map(each => new URL(each.name).hostname))]");
    assertThat(hosts).isEqualTo(List.of("127.0.0.1"));
  }

  @Test
  void every_control_has_a_name_and_is_reached_by_the_keyboard() {
    open();
    List<WebElement> buttons = browser.findElements(By.cssSelector("button")).stream()
        .filter(button -> button.isDisplayed() && button.isEnabled()).toList();
    assertThat(buttons).hasSizeGreaterThan(10).allSatisfy(button -> assertThat(button.getAccessibleName()).isNotBlank());
    WebElement body = browser.findElement(By.tagName("body"));
    body.click();
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < buttons.size() + 10; i++) {
      browser.switchTo().activeElement().sendKeys(Keys.TAB);
      reached.add(browser.switchTo().activeElement().getAccessibleName());
    }
    assertThat(reached).containsAll(buttons.stream().map(WebElement::getAccessibleName).toList());
  }

  @Test
  void text_can_be_read_in_light_and_dark_and_on_a_phone() throws Exception {
    open();
    for (String scheme : List.of("light", "dark")) {
      prefer(scheme);
      assertThat(browser.executeScript(LOW_CONTRAST)).as("too little contrast, " + scheme).isEqualTo(List.of());
      picture(scheme + "-contrast");
    }
    browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
        Map.of("width", 390, "height", 844, "deviceScaleFactor", 2, "mobile", true));
    try {
      assertThat(browser.executeScript("return document.documentElement.scrollWidth")).isEqualTo(390L);
      picture("phone");
    } finally {
      browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
      browser.manage().window().setSize(new Dimension(1200, 1000));
    }
  }

  /** The texts whose colour and ground have a contrast below 4.5 (WCAG 2.2, success criterion 1.4.3). */
  private static final String LOW_CONTRAST = """
      const rgb = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
      const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const ground = element => {
        for (let each = element; each; each = each.parentElement) {
          const colour = rgb(getComputedStyle(each).backgroundColor);
          if (colour.length === 3 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
      };
      return [...document.querySelectorAll('body *')]
        .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()) && each.checkVisibility()
          && !(each.tagName === 'BUTTON' && each.disabled) && each.namespaceURI.endsWith('xhtml'))
        .filter(each => {
          const [a, b] = [luminance(rgb(getComputedStyle(each).color)), luminance(ground(each))].sort((x, y) => y - x);
          return (a + 0.05) / (b + 0.05) < 4.5;
        }).map(each => each.tagName + ' ' + each.textContent.trim().slice(0, 40));
      """;
}
