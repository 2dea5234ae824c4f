package dev.scalable.benchmarks.stacks;

import dev.scalable.testkit.cluster.AppSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The stack of the origin report, of packages that Debian has: {@code src/test/python/origin.py}. */
final class FastApi {

  private static final Path FOLDER = Path.of("src", "test", "python").toAbsolutePath();

  private static final String INSTALL = "apt-get install python3-fastapi uvicorn python3-uvloop python3-httptools"
      + " python3-asyncpg python3-sqlalchemy python3-redis python3-hiredis";

  /** Fails if one of them is not there, and says which versions there are. */
  private static final String VERSIONS = "import sys, fastapi, uvicorn, uvloop, httptools, asyncpg, sqlalchemy, redis,"
      + " hiredis; print('FastAPI', fastapi.__version__ + ', uvicorn', uvicorn.__version__ + ', SQLAlchemy',"
      + " sqlalchemy.__version__ + ', Python', sys.version.split()[0])";

  private FastApi() {}

  /**
   * The stack.
   *
   * @throws IllegalStateException if there is no Python with the packages; says which to install
   */
  static Stack stack() {
    List<String> pythons =
        Stream.of(System.getProperty("stacks.python", "python3"), "/usr/bin/python3").distinct().toList();
    for (String python : pythons) {
      Optional<String> versions = Command.output(python, "-c", VERSIONS);
      if (versions.isPresent()) {
        return new Stack("fastapi", versions.get(), app(python));
      }
    }
    throw new IllegalStateException(String.format(Locale.ROOT, "FastAPI cannot be measured: none of %s can import what"
        + " it needs. On Debian: %s. Another Python is named by -Dstacks.python; without FastAPI: -Dstacks=ours,...",
        pythons, INSTALL));
  }

  private static AppSpec app(String python) {
    return AppSpec.command(python, "-m", "uvicorn", "origin:app", "--app-dir", FOLDER.toString(),
        "--host", "${HOST}", "--port", "${PORT}", "--workers", "1", "--loop", "uvloop", "--http", "httptools",
        "--no-access-log", "--log-level", "warning", "--timeout-keep-alive", "75",
        "--header", "X-Instance-Id:${INSTANCE_ID}")
        .env("PYTHONDONTWRITEBYTECODE", "1");
  }
}
