package dev.scalable.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The files of a page, for {@link Route#files}: all read at start and served from memory, so that a request can reach no file that was
 * not there then, by no trick of its path. A link that leads out of the folder stops the start. Not for downloads: 64 MiB in all is
 * the limit, and a handler with {@link Response#file} serves what is larger.
 *
 * <p>Each file has a strong entity tag. A single range of bytes is answered 206, or 416 where the file has none of it; for several at
 * once the whole file is sent (RFC 9110 section 14.2). The path of a folder, with its last slash, is its {@code index.html}. Immutable.
 */
public final class StaticFiles implements Handler {

  /** The parameter of the route that has the path of a file. */
  static final String PARAMETER = "file";

  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private static final Map<String, String> TYPES = Map.ofEntries(
      Map.entry("html", "text/html; charset=utf-8"), Map.entry("css", "text/css; charset=utf-8"),
      Map.entry("js", "text/javascript; charset=utf-8"), Map.entry("mjs", "text/javascript; charset=utf-8"),
      Map.entry("json", "application/json"), Map.entry("map", "application/json"), Map.entry("webmanifest", "application/manifest+json"),
      Map.entry("txt", "text/plain; charset=utf-8"), Map.entry("xml", "application/xml"), Map.entry("svg", "image/svg+xml"),
      Map.entry("png", "image/png"), Map.entry("jpg", "image/jpeg"), Map.entry("jpeg", "image/jpeg"), Map.entry("gif", "image/gif"),
      Map.entry("webp", "image/webp"), Map.entry("avif", "image/avif"), Map.entry("ico", "image/vnd.microsoft.icon"),
      Map.entry("woff2", "font/woff2"), Map.entry("woff", "font/woff"), Map.entry("wasm", "application/wasm"),
      Map.entry("pdf", "application/pdf"));

  private final Map<String, Content> files;
  private final String cacheControl;

  private StaticFiles(Map<String, Content> files, String cacheControl) {
    this.files = files;
    this.cacheControl = cacheControl;
  }

  /** A file as it was at start. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Content(String type, EntityTag tag, byte[] bytes) {}

  /**
   * The files below a folder.
   *
   * @param folder the folder
   * @throws IllegalStateException if it is none, if a link leads out of it, or if its files have more than 64 MiB
   * @throws UncheckedIOException if it cannot be read
   */
  public static StaticFiles fromFolder(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException("There is no folder " + folder.toAbsolutePath() + " to serve files from");
    }
    try {
      return read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("The files in " + folder.toAbsolutePath() + " cannot be read", e);
    }
  }

  /**
   * The files below a folder of the class path, which in a jar needs an entry of its own; Maven's jars have them.
   *
   * @param folder the folder, {@code web}, without a slash before it
   * @throws IllegalStateException if it is not on the class path of the application, or its files have more than 64 MiB
   * @throws UncheckedIOException if it cannot be read
   */
  public static StaticFiles fromClassPath(String folder) {
    ClassLoader loader = Objects.requireNonNullElse(Thread.currentThread().getContextClassLoader(), StaticFiles.class.getClassLoader());
    URL found = loader.getResource(folder);
    if (found == null) {
      throw new IllegalStateException("There is no folder " + folder + " on the class path to serve files from");
    }
    try {
      URI address = found.toURI();
      if (!address.getScheme().equals("jar")) {
        return fromFolder(Path.of(address));
      }
      // A file system of its own, closed again: one that is shared could be closed by another.
      String text = address.getSchemeSpecificPart();
      Path jar = Path.of(new URI(text.substring(0, text.indexOf("!/"))));
      try (FileSystem inside = FileSystems.newFileSystem(jar)) {
        return read(inside.getPath("/" + folder));
      }
    } catch (IOException | URISyntaxException e) {
      throw new UncheckedIOException("The files in " + found + " cannot be read", e instanceof IOException io ? io : new IOException(e));
    }
  }

  private static StaticFiles read(Path folder) throws IOException {
    Path root = folder.toRealPath();
    Map<String, Content> files = new HashMap<>();
    long total = 0;
    List<Path> found;
    try (Stream<Path> walk = Files.walk(root)) {
      found = walk.sorted().toList();
    }
    for (Path path : found) {
      if (!path.toRealPath().startsWith(root)) {
        throw new IllegalStateException("The link " + path + " leads out of the folder of files to serve, to " + path.toRealPath());
      }
      if (Files.isRegularFile(path)) {
        total += Files.size(path);
        if (total > MOST_BYTES) {
          throw new IllegalStateException("The files in " + root + " have more than " + MOST_BYTES
              + " bytes, and all of them are kept in memory; serve large ones by a handler with Response.file");
        }
        byte[] bytes = Files.readAllBytes(path);
        String name = root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
        files.put(name, new Content(type(name), EntityTag.ofContent(bytes), bytes));
      }
    }
    // Asked again each time, at the price of a 304: right for names that stay when the content changes.
    return new StaticFiles(Map.copyOf(files), "no-cache");
  }

  private static String type(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, "application/octet-stream");
  }

  /**
   * These files with a rule for caches. Without one it is {@code no-cache}: kept, and asked after each time.
   *
   * @param cacheControl value of the Cache-Control header (RFC 9111 section 5.2), {@code public, max-age=31536000, immutable} for files
   *     whose names change with their content
   */
  public StaticFiles withCacheControl(String cacheControl) {
    return new StaticFiles(files, cacheControl);
  }

  @Override
  public Response handle(Request request) {
    String name = request.path(PARAMETER);
    Content content = files.get(name.isEmpty() || name.endsWith("/") ? name + "index.html" : name);
    if (content == null) {
      throw Problem.notFound("There is no file at " + request.path());
    }
    Response head = Response.status(200).withTag(content.tag()).header("Cache-Control", cacheControl)
        .header("Accept-Ranges", "bytes").header("X-Content-Type-Options", "nosniff");
    byte[] bytes = content.bytes();
    ByteRange range = request.header("Range").map(value -> ByteRange.of(value, bytes.length)).orElse(ByteRange.ALL);
    // A range of another version than the client has would be the wrong part.
    boolean same = request.header("If-Range").map(content.tag().toString()::equals).orElse(true);
    if (range.equals(ByteRange.ALL) || !same) {
      return new Response(200, head.headers(), new Response.Body.Part(content.type(), bytes, 0, bytes.length));
    }
    if (range.equals(ByteRange.NOTHING)) {
      throw Problem.of(416, "Range Not Satisfiable", "The file has " + bytes.length + " bytes, and none of these")
          .header("Content-Range", "bytes */" + bytes.length);
    }
    Response part = head.header("Content-Range", "bytes " + range.first() + "-" + range.last() + "/" + bytes.length);
    return new Response(206, part.headers(), range.of(content.type(), bytes));
  }
}
