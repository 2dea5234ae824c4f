package dev.scalable.starter.accounts;

import java.time.Duration;

/**
 * What a token is good for.
 *
 * @param account the account it belongs to
 * @param scope what it permits, scopes with spaces between them; empty for what every account may
 * @param remainingSeconds for how long it was good when this was read
 */
public record Grant(long account, String scope, long remainingSeconds) {

  /** For how long a cache keeps one. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  /** For how long a cache keeps this one: it must not outlive the token. */
  Duration cacheable() {
    Duration remaining = Duration.ofSeconds(remainingSeconds);
    return remaining.compareTo(LONGEST) < 0 ? remaining : LONGEST;
  }
}
