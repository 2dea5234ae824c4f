package dev.scalable.http;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a route does and answers, for those who call it. Given to {@link Route#describedAs}; path parameters and the
 * body that is read are known without. Immutable; methods return a copy.
 *
 * <pre>{@code
 * Route.get("/products", this::list).describedAs(Description.of("Pages through products")
 *     .query("limit", int.class, "most products on a page, 1 to 100").answering(200, ProductPage.class))
 * }</pre>
 *
 * @param summary what it does, in one line
 * @param answers what it answers when all is well; failures are problem documents everywhere
 * @param queries the query parameters that it reads
 * @param scopes the scopes that a bearer token needs; an empty list if any token will do, empty if none is needed
 */
public record Description(String summary, List<Answer> answers, List<Query> queries, Optional<List<String>> scopes) {

  /** Copies the lists. */
  public Description {
    answers = List.copyOf(answers);
    queries = List.copyOf(queries);
    scopes = scopes.map(List::copyOf);
  }

  /**
   * One answer.
   *
   * @param status its status code
   * @param body type of its JSON body; empty when it has no body, or none of JSON
   */
  public record Answer(int status, Optional<BodyType<?>> body) {}

  /**
   * One query parameter. None is required: a handler has a default for each.
   *
   * @param name its name
   * @param type what its text stands for, for example {@code int.class}
   * @param text what it means
   */
  public record Query(String name, Class<?> type, String text) {}

  /**
   * A description that begins with a summary.
   *
   * @param summary what the route does, in one line
   */
  public static Description of(String summary) {
    return new Description(summary, List.of(), List.of(), Optional.empty());
  }

  /**
   * Adds an answer without a body.
   *
   * @param status its status code
   */
  public Description answering(int status) {
    return and(new Answer(status, Optional.empty()));
  }

  /**
   * Adds an answer.
   *
   * @param status its status code
   * @param body type of its JSON body
   */
  public Description answering(int status, Class<?> body) {
    return answering(status, BodyType.of(body));
  }

  /**
   * Adds an answer of a generic type, such as a list.
   *
   * @param status its status code
   * @param body type of its JSON body
   */
  public Description answering(int status, BodyType<?> body) {
    return and(new Answer(status, Optional.of(body)));
  }

  private Description and(Answer answer) {
    return new Description(summary, Stream.concat(answers.stream(), Stream.of(answer)).toList(), queries, scopes);
  }

  /**
   * Adds a query parameter.
   *
   * @param name its name
   * @param type what its text stands for, for example {@code int.class}
   * @param text what it means
   */
  public Description query(String name, Class<?> type, String text) {
    return new Description(summary, answers,
        Stream.concat(queries.stream(), Stream.of(new Query(name, type, text))).toList(), scopes);
  }

  /**
   * Says that a bearer token is needed. It only says so; what sees to it is a filter.
   *
   * @param needed the scopes that it needs; none if any token will do
   */
  public Description bearer(String... needed) {
    return new Description(summary, answers, queries, Optional.of(List.of(needed)));
  }
}
