package dev.scalable.testkit.report;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * The times of each run in the two formats of HdrHistogram: a log (version 1.3) with the tags {@code service} and
 * {@code response}, in nanoseconds, for programs; and its table of percentiles, in milliseconds, for people.
 */
final class HistogramFiles {
  private static final int STEPS_PER_HALF = 5;
  private static final double MILLISECONDS = 1e6;

  private HistogramFiles() {}

  static void write(ReportFolder folder, Findings findings) {
    for (int i = 0; i < findings.runs().size(); i++) {
      RunFigures run = findings.runs().get(i);
      String stem = "histograms/" + (i + 1) + "-" + ReportFolder.fileName(run.name());
      folder.write(stem + ".hlog", log(run));
      folder.write(stem + "-service.txt", table(run.service().histogram()));
      if (run.scheduled()) {
        folder.write(stem + "-response.txt", table(run.response().histogram()));
      }
    }
  }

  private static byte[] log(RunFigures run) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      HistogramLogWriter writer = new HistogramLogWriter(stream);
      long start = run.startedAt().toEpochMilli();
      writer.outputLogFormatVersion();
      writer.outputStartTime(start);
      writer.setBaseTime(start);
      writer.outputLegend();
      writer.outputIntervalHistogram(stamped(run, run.service(), "service"));
      writer.outputIntervalHistogram(stamped(run, run.response(), "response"));
    }
    return bytes.toByteArray();
  }

  private static Histogram stamped(RunFigures run, Distribution times, String tag) {
    Histogram histogram = times.histogram();
    histogram.setTag(tag);
    histogram.setStartTimeStamp(run.startedAt().toEpochMilli());
    histogram.setEndTimeStamp(run.startedAt().plus(run.duration()).toEpochMilli());
    return histogram;
  }

  private static byte[] table(Histogram histogram) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      histogram.outputPercentileDistribution(stream, STEPS_PER_HALF, MILLISECONDS);
    }
    return bytes.toByteArray();
  }
}
