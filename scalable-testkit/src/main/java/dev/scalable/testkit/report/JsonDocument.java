package dev.scalable.testkit.report;

import dev.scalable.testkit.load.Calibration;
import dev.scalable.testkit.noise.Noise;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * The report as JSON, described by {@code report-1.schema.json} beside this class. Within a version fields are only
 * added; units are in the names; a figure that there are too few requests for is null.
 */
final class JsonDocument {
  static final String SCHEMA = "scalable-testkit/report/1";

  private final JsonGenerator json;

  private JsonDocument(JsonGenerator json) {
    this.json = json;
  }

  static byte[] of(Findings findings) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(new Indented(), bytes, JsonEncoding.UTF8)) {
      new JsonDocument(json).write(findings);
    }
    return bytes.toByteArray();
  }

  private void write(Findings findings) {
    json.writeStartObject();
    json.writeStringProperty("schema", SCHEMA);
    json.writeStringProperty("name", findings.name());
    json.writeStringProperty("written", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(findings.written()));
    json.writeStringProperty("verdict", findings.verdict().name());
    json.writeStringProperty("summary", findings.summary());
    json.writeObjectPropertyStart("facts");
    findings.facts().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeArrayPropertyStart("tests");
    for (Findings.Test test : findings.tests()) {
      json.writeStartObject();
      json.writeStringProperty("name", test.name());
      json.writeStringProperty("verdict", test.verdict().name());
      json.writeStringProperty("message", test.message());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("runs");
    findings.runs().forEach(this::writeRun);
    json.writeEndArray();
    json.writeArrayPropertyStart("attachments");
    for (Findings.Attachment attachment : findings.attachments()) {
      json.writeStartObject();
      json.writeStringProperty("name", attachment.name());
      json.writeStringProperty("file", attachment.file());
      json.writeStringProperty("problem", attachment.problem());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeRun(RunFigures run) {
    json.writeStartObject();
    json.writeStringProperty("name", run.name());
    writeText("test", run.test());
    json.writeStringProperty("model", run.model());
    json.writeBooleanProperty("open", run.open());
    json.writeBooleanProperty("scheduled", run.scheduled());
    json.writeStringProperty("startedAt", run.startedAt().toString());
    json.writeNumberProperty("durationSeconds", run.duration().toNanos() / 1e9);
    writeCounts(run);
    writeTimes("serviceMs", run.service());
    writeTimes("responseMs", run.response());
    writeTimes("latenessMs", run.lateness());
    json.writeObjectPropertyStart("validity");
    json.writeBooleanProperty("valid", run.invalid().isEmpty());
    json.writeArrayPropertyStart("reasons");
    run.invalid().forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
    writeHistory(run);
    writeMachine(run);
    json.writeEndObject();
  }

  private void writeCounts(RunFigures run) {
    json.writeObjectPropertyStart("requests");
    json.writeNumberProperty("scheduled", run.counts().scheduled());
    json.writeNumberProperty("ok", run.counts().ok());
    json.writeNumberProperty("failed", run.counts().failed());
    json.writeNumberProperty("dropped", run.counts().dropped());
    json.writeNumberProperty("indeterminate", run.counts().indeterminate());
    json.writeEndObject();
    json.writeNumberProperty("okPerSecond", run.throughput());
    json.writeStringProperty("confidence", run.confidence());
    writeCounts("byOutcome", run.outcomes());
    writeCounts("byInstance", run.instances());
  }

  private void writeTimes(String name, Distribution times) {
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("count", times.count());
    writeMillis("min", times.min());
    writeMillis("mean", times.mean());
    for (double share : Distribution.SHARES) {
      writeMillis(Wording.percentile(share), times.p(share));
    }
    writeMillis("max", times.max());
    json.writeEndObject();
  }

  private void writeHistory(RunFigures run) {
    json.writeArrayPropertyStart("faults");
    for (RunFigures.Window fault : run.faults()) {
      json.writeStartObject();
      json.writeStringProperty("name", fault.name());
      writeSeconds("fromSeconds", fault.from());
      writeSeconds("toSeconds", fault.to());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("events");
    run.events().forEach(event -> {
      json.writeStartObject();
      writeSeconds("atSeconds", event.at());
      json.writeStringProperty("node", event.node());
      json.writeStringProperty("what", event.what());
      json.writeEndObject();
    });
    json.writeEndArray();
    writeSeconds("sliceSeconds", run.slice());
    json.writeArrayPropertyStart("slices");
    for (TimeSlice slice : run.slices()) {
      json.writeStartObject();
      writeSeconds("fromSeconds", slice.from());
      writeSeconds("toSeconds", slice.to());
      json.writeNumberProperty("ok", slice.ok());
      json.writeNumberProperty("notOk", slice.bad());
      OptionalDouble none = OptionalDouble.empty();
      writeMillis("p50Ms", slice.timed() == 0 ? none : OptionalDouble.of((double) slice.p50()));
      writeMillis("p99Ms", slice.timed() == 0 ? none : OptionalDouble.of((double) slice.p99()));
      writeMillis("maxMs", slice.timed() == 0 ? none : OptionalDouble.of((double) slice.max()));
      writeCounts("byInstance", slice.instances());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeMachine(RunFigures run) {
    json.writeObjectPropertyStart("cpuSeconds");
    run.cpu().forEach(this::writeSeconds);
    json.writeEndObject();
    writeNumber(
        "okPerServingCpuSecond", run.capacity() > 0 ? OptionalDouble.of(run.capacity()) : OptionalDouble.empty());
    writeCalibration(run.calibration());
    writeNoise(run.noise());
    writeText("disturbed", run.disturbed().orElse(null));
  }

  private void writeCalibration(@Nullable Calibration calibration) {
    if (calibration == null) {
      json.writeNullProperty("calibration");
      return;
    }
    json.writeObjectPropertyStart("calibration");
    json.writeNumberProperty("okPerSecond", calibration.requestsPerSecond());
    writeMillis("p50", nanos(calibration.p50()));
    writeMillis("p99", nanos(calibration.p99()));
    json.writeEndObject();
  }

  private void writeNoise(@Nullable Noise noise) {
    if (noise == null) {
      json.writeNullProperty("noise");
      return;
    }
    json.writeObjectPropertyStart("noise");
    writeMillis("hiccupP99Ms", nanos(noise.hiccupP99()));
    writeMillis("hiccupMaxMs", nanos(noise.hiccupMax()));
    writeNumber("stealShare", noise.stealShare());
    writeNumber("cpuShare", noise.cpuShare());
    writeNumber("loadAverage", noise.loadAverage());
    writeNumber("generatorShare", noise.generatorShare());
    writeMillis("gcMs", nanos(noise.gcTime()));
    json.writeEndObject();
  }

  private void writeCounts(String name, Map<String, Integer> counts) {
    json.writeObjectPropertyStart(name);
    counts.forEach(json::writeNumberProperty);
    json.writeEndObject();
  }

  private void writeText(String name, @Nullable String text) {
    if (text == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, text);
    }
  }

  private void writeSeconds(String name, Duration time) {
    json.writeNumberProperty(name, time.toNanos() / 1e9);
  }

  private void writeMillis(String name, OptionalDouble nanos) {
    writeNumber(name, nanos.isPresent()
        ? OptionalDouble.of(Math.round(nanos.getAsDouble()) / 1e6)
        : OptionalDouble.empty());
  }

  private void writeNumber(String name, OptionalDouble value) {
    if (value.isPresent()) {
      json.writeNumberProperty(name, value.getAsDouble());
    } else {
      json.writeNullProperty(name);
    }
  }

  private static OptionalDouble nanos(Duration time) {
    return OptionalDouble.of((double) time.toNanos());
  }

  /** Line breaks, for people who look into the file. */
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter();
    }
  }
}
