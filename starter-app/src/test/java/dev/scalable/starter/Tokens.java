package dev.scalable.starter;

import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tokens of the clients of these tests. */
final class Tokens {

  /** The token of the merchant, as the migration step is told it. */
  static final String MERCHANT = "a-token-for-the-merchant-of-these-tests";
  static final String MERCHANT_SETTING = "STARTER_MERCHANT_TOKEN=" + MERCHANT;

  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private Tokens() {}

  /** What a request shows. */
  static String shown(String token) {
    return "Bearer " + token;
  }

  /** A request of the merchant's. */
  static Call merchant(Call call) {
    return call.header("Authorization", shown(MERCHANT));
  }

  /** Opens an account, and returns its token. */
  static String open(Client client, String name) {
    Answer answer = client.send(Call.post("/accounts", "{\"name\":\"" + name + "\"}"));
    Matcher token = TOKEN.matcher(answer.text());
    if (answer.status() != 201 || !token.find()) {
      throw new AssertionError("No account could be opened: " + answer.status() + " " + answer.text());
    }
    return token.group(1);
  }
}
