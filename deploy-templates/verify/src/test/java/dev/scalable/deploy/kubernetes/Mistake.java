package dev.scalable.deploy.kubernetes;

/** What cannot be rendered at all, and where it was written. */
public final class Mistake extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Finding finding;

  Mistake(Place place, String message) {
    super(place + ": " + message);
    finding = new Finding(place, message);
  }

  Finding finding() {
    return finding;
  }
}
