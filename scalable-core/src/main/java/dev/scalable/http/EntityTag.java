package dev.scalable.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Predicate;

/**
 * A strong entity tag: names one version of a resource, byte for byte (RFC 9110 section 8.8.3). Two instances give the same version
 * the same tag, since it is made of the version or the content alone.
 *
 * @param value what stands between the quotes: printable ASCII without quotes and spaces
 */
public record EntityTag(String value) {

  /** Refuses what cannot stand in a header between quotes. */
  public EntityTag {
    if (value.isEmpty() || !value.chars().allMatch(c -> c > ' ' && c < 127 && c != '"')) {
      throw new IllegalArgumentException("An entity tag consists of printable ASCII without quotes and spaces, but this one does"
          + " not: " + value);
    }
  }

  /**
   * The tag of a version that is counted, such as that of a row.
   *
   * @param version the version
   */
  public static EntityTag ofVersion(long version) {
    return new EntityTag(Long.toString(version));
  }

  /**
   * The tag of some content: the first 128 bits of its SHA-256, in which nobody finds a collision by chance.
   *
   * @param content the bytes as they are sent
   */
  public static EntityTag ofContent(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return new EntityTag(HexFormat.of().formatHex(hash, 0, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256, and this one does not", e);
    }
  }

  /**
   * Whether this version is in a list of tags, weak ones included: the comparison of {@code If-None-Match} (RFC 9110 section 13.1.2).
   *
   * @param list value of the header; {@code *} has every tag
   */
  public boolean isIn(String list) {
    return anyOf(list, tag -> tag.equals(toString()) || tag.equals("W/" + this));
  }

  /**
   * Whether exactly this version is in a list of tags: the comparison of {@code If-Match} (RFC 9110 section 13.1.1), in which a weak
   * tag equals none.
   *
   * @param list value of the header; {@code *} has every tag
   */
  public boolean isExactlyIn(String list) {
    return anyOf(list, tag -> tag.equals(toString()));
  }

  private static boolean anyOf(String list, Predicate<String> equal) {
    if (list.strip().equals("*")) {
      return true;
    }
    int at = 0;
    while (at < list.length()) {
      // A comma may stand inside the quotes, so the list is read tag by tag.
      int open = list.indexOf('"', at);
      int close = open < 0 ? -1 : list.indexOf('"', open + 1);
      if (close < 0) {
        return false;
      }
      String before = list.substring(at, open).replace(",", "").strip();
      if (equal.test(before + list.substring(open, close + 1))) {
        return true;
      }
      at = close + 1;
    }
    return false;
  }

  /** The tag as a header has it, in quotes. */
  @Override
  public String toString() {
    return '"' + value + '"';
  }
}
