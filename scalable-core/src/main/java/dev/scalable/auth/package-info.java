/**
 * Bearer tokens (RFC 6750): which request carries one, what a request without a good one is answered, and what a token
 * must permit. Knows no kind of token; that is a {@link dev.scalable.auth.TokenVerifier}'s.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.auth;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
