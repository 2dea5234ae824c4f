package dev.scalable.testkit.local;

/** nginx refused a configuration; the message holds its own words. The folder is left as it was, to be looked at. */
final class NginxConfException extends RuntimeException {

  NginxConfException(String message) {
    super(message);
  }
}
