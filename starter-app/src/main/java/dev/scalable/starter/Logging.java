package dev.scalable.starter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.List;
import org.slf4j.Logger;

/**
 * Sets the log up: to standard output, from {@code LOG_LEVEL} on (INFO unless set), as {@link LogLines} writes it.
 * Logback finds it by {@code META-INF/services}. In Java, since to read the same from a {@code logback.xml} takes a
 * twelfth of an instance's start; whoever names a file by {@code -Dlogback.configurationFile} gets that.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {

  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level [%thread] [%X{requestId:--}] %logger{0} %msg%n";

  /** Libraries of which only what goes wrong is of interest. */
  private static final List<String> QUIET = List.of("org.xnio", "io.undertow", "org.jboss.threads", "com.zaxxer.hikari");

  /** Made by Logback. */
  public Logging() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    LogLines lines = new LogLines();
    lines.setContext(context);
    lines.setFormat(environment("STARTER_LOG", "text"));
    lines.setPattern(PATTERN);
    lines.start();
    ConsoleAppender<ILoggingEvent> out = new ConsoleAppender<>();
    out.setContext(context);
    out.setName("out");
    out.setEncoder(lines);
    out.start();
    QUIET.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(environment("LOG_LEVEL", "INFO"), Level.INFO));
    root.addAppender(out);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static String environment(String name, String otherwise) {
    String value = System.getenv(name);
    return value == null || value.isBlank() ? otherwise : value;
  }
}
