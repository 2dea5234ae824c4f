package dev.scalable.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** IP addresses as text. Never asks a name service, and takes no form that two readers could read differently. */
final class IpAddress {

  private static final int LONGEST = 45;

  private IpAddress() {}

  /** An address in its usual form: four decimal numbers without leading zeros, or IPv6 (RFC 4291) without a zone; else null. */
  static @Nullable InetAddress parse(String text) {
    if (text.isEmpty() || text.length() > LONGEST) {
      return null;
    }
    try {
      byte[] four = four(text);
      if (four != null) {
        return InetAddress.getByAddress(four);
      }
      if (text.indexOf(':') < 0) {
        return null;
      }
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c != ':' && c != '.' && Character.digit(c, 16) < 0) {
          return null;
        }
      }
      if (text.charAt(0) == '.') {
        // The platform would ask a name service for it. Anything else with a colon is an address to it, or nothing.
        return null;
      }
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static byte @Nullable [] four(String text) {
    byte[] bytes = new byte[4];
    int at = 0;
    for (int part = 0; part < 4; part++) {
      int from = at;
      int number = 0;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9' && at - from < 3) {
        number = number * 10 + text.charAt(at++) - '0';
      }
      boolean leadingZero = at - from > 1 && text.charAt(from) == '0';
      if (at == from || number > 255 || leadingZero) {
        return null;
      }
      bytes[part] = (byte) number;
      boolean ends = part == 3 ? at == text.length() : at < text.length() && text.charAt(at++) == '.';
      if (!ends) {
        return null;
      }
    }
    return bytes;
  }

  /** The address as RFC 5952 writes it: the longest run of zeros, of two groups or more, is left out. */
  static String text(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return address.getHostAddress();
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < 8; i++) {
      int end = i;
      while (end < 8 && group(bytes, end) == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 8; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":");
        text.append(Integer.toHexString(group(bytes, i)));
      }
    }
    return text.toString();
  }

  private static int group(byte[] bytes, int index) {
    return (bytes[2 * index] & 255) << 8 | (bytes[2 * index + 1] & 255);
  }
}
