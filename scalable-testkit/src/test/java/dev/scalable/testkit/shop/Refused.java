package dev.scalable.testkit.shop;

/** A request that cannot be done for a reason that lies with it, or with the data: nothing is broken. */
final class Refused extends RuntimeException {
  private final int status;

  Refused(int status, String reason) {
    super(reason, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
