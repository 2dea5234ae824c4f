package dev.scalable.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;

/** Files that settings point to: one with a secret in it, or one with settings. Both are small texts in UTF-8. */
final class SettingsFile {

  /** More than any key or list of settings, and little enough to be read by mistake. */
  private static final int LARGEST = 64 * 1024;

  private SettingsFile() {}

  /** What is wrong with a file. The message never quotes its content. */
  static final class Unreadable extends Exception {

    Unreadable(String message) {
      super(message);
    }
  }

  /** A file's text without the line break at its end, which editors and {@code echo} put there. */
  static String secret(String file) throws Unreadable {
    String text = text(file);
    String secret = text.endsWith("\r\n") ? text.substring(0, text.length() - 2)
        : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (secret.isBlank()) {
      throw new Unreadable("it is empty");
    }
    return secret;
  }

  /** Names and values in the format of {@link Properties}, none of which may occur twice. */
  static Map<String, String> properties(String file) throws Unreadable {
    Map<String, String> values = new LinkedHashMap<>();
    TreeSet<Object> twice = new TreeSet<>();
    Properties reader = new Properties() {
      @Override
      public synchronized Object put(Object name, Object value) {
        Object former = values.put(name.toString(), value.toString());
        if (former != null) {
          twice.add(name);
        }
        return super.put(name, value);
      }
    };
    try {
      reader.load(new StringReader(text(file)));
    } catch (IOException | IllegalArgumentException e) {
      throw new Unreadable("it has a malformed \\u escape");
    }
    if (!twice.isEmpty()) {
      throw new Unreadable("it has more than one value for " + twice);
    }
    return values;
  }

  private static String text(String file) throws Unreadable {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new Unreadable("it has more than " + LARGEST + " bytes");
      }
      return UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new Unreadable("there is no such file");
    } catch (AccessDeniedException e) {
      throw new Unreadable("this process may not read it");
    } catch (CharacterCodingException e) {
      throw new Unreadable("it is not UTF-8");
    } catch (IOException | InvalidPathException e) {
      throw new Unreadable("it cannot be read (" + e.getMessage() + ")");
    }
  }
}
