package dev.scalable.testkit.local;

/** No usable nginx was found and none could be fetched; the message says where was looked and how to install one. */
final class NginxNotAvailableException extends RuntimeException {

  NginxNotAvailableException(String message) {
    super(message);
  }

  NginxNotAvailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
