package dev.scalable.testkit.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.scalable.testkit.check.Verdict;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The page is whole, says every figure, needs nothing from outside, and believes no name. */
class HtmlPageTest {

  @Test
  void the_verdict_and_every_figure_of_a_run_can_be_read() throws Exception {
    String text = parsed(Sample.failed()).getDocumentElement().getTextContent();
    assertThat(text)
        .contains("FAIL", "1 of 3 tests passed, 1 failed, 1 inconclusive. 2,000 requests in 1 load run, 1,990 answered")
        .contains("backend", "local", "cores", "written", "23 November 2026, 18:02:33 GMT")
        .contains("a killed instance loses nothing", "expected nothing to be lost", "too few requests")
        .contains("Open model, 200 per second for 10 s. It ran for 10.00 s.")
        .contains("kill app-1", "at 3.00 s, took 0.01 s", "killed", "serving")
        .contains("BadStatus 502 (balancer)", "0.5 %", "app-2", "1,390", "69.8 %")
        .contains("0.410", "1.31", "0.680", "1,000 requests per second of CPU time")
        .contains("8,121/s, p50 0.211 ms, p99 0.940 ms", "p99 1.23 ms, longest 17.0 ms", "1.2 %", "11.3 %", "19.0 ms")
        .contains("app-1.log", "access.log: it could not be copied");
  }

  @Test
  void percentiles_that_too_few_requests_support_are_not_given() throws Exception {
    Document page = parsed(Sample.failed());
    assertThat(row(page, "service"))
        .containsExactly("1.50", "1.50", "1.75", "1.90", "1.95", "1.99", "–", "–", "2.00");
    assertThat(row(page, "response"))
        .containsExactly("4.50", "4.50", "5.25", "5.70", "5.85", "5.97", "–", "–", "6.00");
  }

  @Test
  void every_slice_of_the_drawing_is_a_row_of_a_table() throws Exception {
    Document page = parsed(Sample.failed());
    List<TimeSlice> slices = Sample.killed().slices();
    assertThat(slices).hasSize(100);
    assertThat(row(page, "3.10 s")).containsExactly("200", "0", "3.00", "3.00", "3.00", "app-2 20");
    assertThat(elements(page, "rect").stream().filter(rect -> rect.getAttribute("class").equals("reading")))
        .hasSameSizeAs(slices);
  }

  @Test
  void drawings_have_a_description_and_two_sizes() throws Exception {
    List<Element> drawings = elements(parsed(Sample.failed()), "svg").stream()
        .filter(svg -> svg.getAttribute("role").equals("img"))
        .toList();
    assertThat(drawings).allMatch(svg -> svg.getAttribute("aria-label").length() > 40);
    assertThat(drawings).extracting(svg -> svg.getAttribute("class"))
        .containsExactly("wide", "narrow", "wide", "narrow");
  }

  @Test
  void a_fault_is_marked_and_numbered_and_the_node_is_seen_to_be_down() throws Exception {
    Document page = parsed(Sample.failed());
    List<String> styles = elements(page, "rect").stream().map(rect -> rect.getAttribute("class")).toList();
    assertThat(styles).contains("fault", "outage", "lane up", "lane down", "lane starting");
    assertThat(elements(page, "text").stream().filter(text -> text.getAttribute("class").equals("number")))
        .extracting(Element::getTextContent).containsExactly("1", "1");
  }

  @Test
  void names_from_outside_stay_text() throws Exception {
    String page = HtmlPage.of(Sample.hostile());
    assertThat(page).doesNotContain("<script").doesNotContain("<!--").doesNotContain("\u0000").doesNotContain("\u001b");
    Document parsed = parsed(Sample.hostile());
    assertThat(elements(parsed, "script")).isEmpty();
    assertThat(elements(parsed, "h1")).singleElement()
        .extracting(Element::getTextContent).asString().startsWith("<script>alert('x')</script>\"&<!--]]>");
  }

  @Test
  void the_page_needs_nothing_but_itself() throws Exception {
    assertThat(HtmlPage.of(Sample.failed()))
        .doesNotContainPattern(Pattern.compile("https?:", Pattern.CASE_INSENSITIVE))
        .doesNotContain("url(", "@import", "<script", "<link", "<img", "<iframe", " onload", " onclick");
    assertThat(attributes(parsed(Sample.hostile()), "href"))
        .isNotEmpty()
        .allMatch(link -> link.matches("#[a-z0-9-]+|[A-Za-z0-9._/-]+"));
    assertThat(attributes(parsed(Sample.hostile()), "src")).isEmpty();
  }

  @Test
  void a_load_that_was_not_the_one_asked_for_is_shown_first_and_big() throws Exception {
    RunFigures invalid = Sample.run("too fast", List.of("3.1 % of 2000 sends were late"));
    Findings findings = Sample.findings(List.of(new Findings.Test("t", Verdict.PASS, "")), List.of(invalid));
    assertThat(findings.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    Document page = parsed(findings);
    assertThat(elements(page, "div")).filteredOn(div -> div.getAttribute("class").equals("banner"))
        .singleElement()
        .extracting(Element::getTextContent).asString()
        .contains("INVALID_LOAD", "3.1 % of 2000 sends were late");
    assertThat(page.getDocumentElement().getTextContent()).contains("1 load was not the one asked for");
  }

  @Test
  void a_report_that_judged_nothing_has_not_passed() throws Exception {
    Findings empty = Sample.findings(List.of(), List.of());
    assertThat(empty.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(parsed(empty).getDocumentElement().getTextContent()).contains("No test was judged.");
  }

  @Test
  void markup_that_is_not_closed_is_refused() {
    Markup open = Markup.startingWith("").open("p");
    assertThatThrownBy(open::toString).isInstanceOf(IllegalStateException.class).hasMessageContaining("p");
  }

  /** The figures of the first row with this name. */
  private static List<String> row(Document page, String name) {
    Element head = elements(page, "th").stream()
        .filter(th -> th.getTextContent().equals(name) && th.getAttribute("scope").equals("row"))
        .findFirst()
        .orElseThrow();
    return elements((Element) head.getParentNode(), "td").stream().map(Element::getTextContent).toList();
  }

  private static List<String> attributes(Document page, String name) {
    return elements(page, "*").stream().filter(each -> each.hasAttribute(name)).map(each -> each.getAttribute(name))
        .toList();
  }

  private static List<Element> elements(Document page, String name) {
    return elements(page.getDocumentElement(), name);
  }

  private static List<Element> elements(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return new ArrayList<>(IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList());
  }

  private static Document parsed(Findings findings) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(HtmlPage.of(findings))));
  }
}
