package dev.scalable.auth;

import dev.scalable.http.Filter;
import dev.scalable.http.Principal;
import dev.scalable.http.Problem;
import dev.scalable.http.Request;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Filters that let only those in who show a token, in the header {@code Authorization: Bearer ...} (RFC 6750). A token
 * in the query or in a form is not looked at: addresses are logged, and kept by browsers.
 *
 * <p>What is refused is told by {@code WWW-Authenticate} (section 3): without a token 401 and no more; a token that is
 * not good 401 {@code invalid_token}; a header that is not well-formed 400 {@code invalid_request}; a token that does
 * not permit enough 403 {@code insufficient_scope}.
 */
public final class Bearer {

  private static final String SCHEME = "Bearer";

  /** Far more than a token needs, and less than a verifier should be made to read. */
  private static final int LONGEST_TOKEN = 8_000;

  /** RFC 6750 section 2.1, b64token. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  /** RFC 6749 section 3.3, scope-token. */
  private static final Pattern SCOPE = Pattern.compile("[!#-\\[\\]-~]+");

  private Bearer() {}

  /**
   * Refuses requests without a good token, and tells the rest of the chain who asks: {@link Request#principal()}.
   * Blocks if the verifier does; if not, cached values are still answered on the server's IO thread.
   *
   * @param verifier tells whose a token is
   */
  public static Filter tokens(TokenVerifier verifier) {
    Filter filter = (request, next) -> next.proceed(request.as(principal(request, verifier)));
    return verifier.blocks() ? filter : Filter.nonBlocking(filter);
  }

  /**
   * Refuses with 403 who is known and may not: whose token lacks a scope. Stands after {@link #tokens}; reads the claim
   * {@code scope}, scopes with spaces between them (RFC 8693 section 4.2), and {@code scp}, the same or a list. Never
   * blocks.
   *
   * @param scope the scope that is needed
   * @throws IllegalArgumentException if it is not one scope (RFC 6749 section 3.3)
   */
  public static Filter scope(String scope) {
    if (!SCOPE.matcher(scope).matches()) {
      throw new IllegalArgumentException("A scope is one word without quotes and backslashes, but this is not: \""
          + scope + "\"");
    }
    return Filter.nonBlocking((request, next) -> {
      if (!permits(request.principal(), scope)) {
        throw Problem.of(403, "Forbidden", "This needs a token with the scope " + scope)
            .header("WWW-Authenticate", SCHEME + " error=\"insufficient_scope\", scope=\"" + scope + "\"");
      }
      return next.proceed(request);
    });
  }

  private static Principal principal(Request request, TokenVerifier verifier) {
    String token = token(request.header("Authorization"));
    if (token.length() > LONGEST_TOKEN) {
      throw invalid("The token is longer than " + LONGEST_TOKEN + " characters");
    }
    try {
      return verifier.verify(token);
    } catch (TokenVerifier.Refused e) {
      throw invalid(e.reason());
    }
  }

  private static String token(Optional<String> header) {
    String credentials = header.orElse("").strip();
    int space = credentials.indexOf(' ');
    String scheme = space < 0 ? credentials : credentials.substring(0, space);
    if (!scheme.equalsIgnoreCase(SCHEME)) {
      throw Problem.of(401, "Unauthorized", "This needs a token, in the header Authorization: Bearer")
          .header("WWW-Authenticate", SCHEME);
    }
    String token = space < 0 ? "" : credentials.substring(space).strip();
    if (!TOKEN.matcher(token).matches()) {
      throw Problem.badRequest("What follows Authorization: Bearer is not one token")
          .header("WWW-Authenticate", SCHEME + " error=\"invalid_request\"");
    }
    return token;
  }

  private static Problem invalid(String reason) {
    return Problem.of(401, "Unauthorized", reason)
        .header("WWW-Authenticate", SCHEME + " error=\"invalid_token\", error_description=\""
            + quotable(reason) + "\"");
  }

  /** RFC 6750 section 3: printable ASCII without quotes and backslashes. */
  private static String quotable(String text) {
    return text.replaceAll("[^ !#-\\[\\]-~]", "?");
  }

  private static boolean permits(Principal principal, String scope) {
    return has(principal.claims().get("scope"), scope) || has(principal.claims().get("scp"), scope);
  }

  @SuppressWarnings("StringSplitter") // leading and doubled spaces give an empty word, which no scope is
  private static boolean has(@Nullable Object claim, String scope) {
    return switch (claim) {
      case String words -> Arrays.asList(words.split(" ")).contains(scope);
      case Collection<?> list -> list.contains(scope);
      case null, default -> false;
    };
  }
}
