package dev.scalable.testkit.load;

import java.util.List;

/**
 * Whether a run was the load that it was described as. One that was not proves nothing about the system under test,
 * neither that it is slow nor that it is fast.
 *
 * @param reasons what the load generator failed to do; empty if the run is valid
 */
public record Validity(List<String> reasons) {
  /** Copies the reasons. */
  public Validity {
    reasons = List.copyOf(reasons);
  }

  /** Returns whether the generator did what it was to do. */
  public boolean valid() {
    return reasons.isEmpty();
  }

  /** Returns {@code valid}, or {@code INVALID_LOAD} and the reasons. */
  @Override
  public String toString() {
    return valid() ? "valid" : "INVALID_LOAD: " + String.join("; ", reasons);
  }
}
