package dev.scalable.deploy.kubernetes;

/**
 * Something that is wrong with the templates.
 *
 * @param place where it was written, also if that is a patch or another file than the resource's
 * @param message what is wrong, in a sentence with the values in question
 */
public record Finding(Place place, String message) {

  @Override
  public String toString() {
    return place + ": " + message;
  }
}
