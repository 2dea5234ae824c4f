package dev.scalable.testkit.cli;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.load.LoadFailedException;
import java.io.PrintStream;
import java.util.List;

/** The command line; {@code --help} says what there is. */
final class Main {
  static final int OK = 0;
  static final int FAILED = 1;

  /** EX_USAGE of sysexits.h. */
  static final int USAGE = 64;

  private static final String HELP = """
      testkit run (--app CLASS | --jar FILE | --command PROGRAM | --image NAME) [options] [-- arguments of the app]

        Starts instances of an app behind Nginx, with PostgreSQL and Redis, and keeps them until Ctrl-C. The app is told
        its settings by its environment: a program or image by PORT, INSTANCE_ID, JDBC_URL, DB_URL, REDIS_URL and so
        on, an app of Java as its framework says or by --env. Values and arguments may have ${PORT} and the like.

        --app CLASS             a main class; where it is, bin/testkit --class-path PATH says
        --jar FILE              an executable jar
        --command PROGRAM       any program, such as: --command node -- server.js
        --image NAME            a container image
        --instances N           how many instances, 1 to 16 (2)
        --port P                where clients come in (8080); 0 for any free port
        --data DIR              keeps the data there (thrown away at the end)
        --backend B             local or docker (auto)
        --env NAME=VALUE        one more setting of the app; may be repeated
        --readiness PATH        answers 2xx, with the instance header, when an instance is ready (/health/ready)
        --instance-header NAME  the response header with the instance's id (X-Instance-Id)

      testkit origin --url http://HOST:PORT [options]

        Sends what the origin report sent, to any server: 20 users x 10 requests, 10 users x 50 requests, and 20 users
        for 5 seconds. Prints the figures beside those of the report: 476.60 requests per second, 38 ms in the mean.
        The exit code is 0 if every request was answered with 2xx, else 1.

        --path PATH             what is asked for by GET (/)
        --warm-up N             requests before the first load, that count nowhere, 0 to 100000 (2000)
        --instance-header NAME  the response header that tells who answered (X-Instance-Id)

      testkit --help            says this
      """;

  private Main() {}

  /** Ends the JVM with the exit code. */
  @SuppressWarnings("SystemOut") // a command line speaks to the console
  public static void main(String[] arguments) {
    // There is no log here, and what is to be told is printed: SLF4J need not say that it has no provider.
    System.setProperty("slf4j.internal.verbosity", System.getProperty("slf4j.internal.verbosity", "ERROR"));
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  /** Does what {@code words} say, and returns the exit code. */
  static int run(List<String> words, PrintStream out, PrintStream err) {
    if (words.stream().takeWhile(word -> !word.equals(Arguments.REST)).anyMatch(Main::asksForHelp)) {
      out.print(HELP);
      return OK;
    }
    String command = words.isEmpty() ? "" : words.getFirst();
    List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
    try {
      return switch (command) {
        case "run" -> RunCommand.run(rest, out);
        case "origin" -> OriginCommand.run(rest, out);
        default -> throw new UsageException(List.of(command.isEmpty()
            ? "Say what to do: run or origin"
            : "There is no command " + command + ", only run and origin"));
      };
    } catch (UsageException e) {
      err.println(e.getMessage() + "\ntestkit --help says what there is");
      return USAGE;
    } catch (ClusterException | LoadFailedException e) {
      err.println(e.getMessage());
      return FAILED;
    }
  }

  private static boolean asksForHelp(String word) {
    return word.equals("--help") || word.equals("-h");
  }
}
