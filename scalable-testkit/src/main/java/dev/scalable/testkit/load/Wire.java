package dev.scalable.testkit.load;

/** What may stand where in an HTTP/1.1 request (RFC 9112 section 3, RFC 9110 section 5.5). */
final class Wire {
  private Wire() {}

  static void requireToken(String what, String token) {
    boolean good = !token.isEmpty();
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      good &= c > ' ' && c < 127 && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
    if (!good) {
      throw new IllegalArgumentException("not an HTTP token, so it cannot be a " + what + ": '" + token + "'");
    }
  }

  static void requireTarget(String path) {
    boolean good = path.startsWith("/");
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      good &= c > ' ' && c < 127;
    }
    if (!good) {
      throw new IllegalArgumentException(
          "a path begins with / and is percent-encoded ASCII without blanks, this is '" + path + "'");
    }
  }

  static void requireHeader(String name, String value) {
    requireToken("header name", name);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 127 || c > 255) {
        throw new IllegalArgumentException(
            "header " + name + " holds a control or non-Latin-1 character: '" + value + "'");
      }
    }
    if (name.equalsIgnoreCase("Content-Length") || name.equalsIgnoreCase("Transfer-Encoding")) {
      throw new IllegalArgumentException("the client frames the body itself: leave out " + name);
    }
  }
}
