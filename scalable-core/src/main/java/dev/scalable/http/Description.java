package dev.scalable.http;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a route does and answers, for those who call it. Given to {@link Route#describedAs}; path parameters and the
 * body that is read are known without. Immutable; methods return a copy.
 *
 * <pre>{@code
 * Route products = Route.get("/products", this::list).describedAs(Description.of("Pages through products")
 *     .query("limit", int.class, "most products on a page, 1 to 100").answering(200, ProductPage.class));
 * }</pre>
 *
 * @param summary what it does, in one line
 * @param answers what it answers when all is well; failures are problem documents everywhere
 * @param queries the query parameters that it reads
 * @param scopes the scopes that a bearer token needs; an empty list if any token will do, empty if none is needed
 * @param headers the request headers that it reads
 * @param failures the problems that mean something of their own here
 */
public record Description(String summary, List<Answer> answers, List<Query> queries, Optional<List<String>> scopes,
    List<Header> headers, List<Failure> failures) {

  /** Copies the lists. */
  public Description {
    answers = List.copyOf(answers);
    queries = List.copyOf(queries);
    headers = List.copyOf(headers);
    failures = List.copyOf(failures);
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
   * One request header.
   *
   * @param name its name
   * @param required whether a request without it is refused
   * @param text what it means
   */
  public record Header(String name, boolean required, String text) {}

  /**
   * One problem.
   *
   * @param status its status code, 400 to 599
   * @param text when it is answered
   */
  public record Failure(int status, String text) {}

  /**
   * A description that begins with a summary.
   *
   * @param summary what the route does, in one line
   */
  public static Description of(String summary) {
    return new Description(summary, List.of(), List.of(), Optional.empty(), List.of(), List.of());
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
    return new Description(summary, and(answers, answer), queries, scopes, headers, failures);
  }

  /**
   * Adds a query parameter.
   *
   * @param name its name
   * @param type what its text stands for, for example {@code int.class}
   * @param text what it means
   */
  public Description query(String name, Class<?> type, String text) {
    return new Description(summary, answers, and(queries, new Query(name, type, text)), scopes, headers, failures);
  }

  /**
   * Adds a request header.
   *
   * @param name its name
   * @param required whether a request without it is refused
   * @param text what it means
   */
  public Description header(String name, boolean required, String text) {
    return new Description(summary, answers, queries, scopes, and(headers, new Header(name, required, text)), failures);
  }

  /**
   * Adds a problem that means something of its own here.
   *
   * @param status its status code, 400 to 599
   * @param text when it is answered
   */
  public Description failing(int status, String text) {
    return new Description(summary, answers, queries, scopes, headers, and(failures, new Failure(status, text)));
  }

  /** This description, and the headers and problems that another one told of before. */
  Description after(Description before) {
    return new Description(summary, answers, queries, scopes,
        Stream.concat(before.headers.stream(), headers.stream()).distinct().toList(),
        Stream.concat(before.failures.stream(), failures.stream()).distinct().toList());
  }

  private static <T> List<T> and(List<T> all, T one) {
    return Stream.concat(all.stream(), Stream.of(one)).toList();
  }

  /**
   * Says that a bearer token is needed. It only says so; what sees to it is a filter.
   *
   * @param needed the scopes that it needs; none if any token will do
   */
  public Description bearer(String... needed) {
    return new Description(summary, answers, queries, Optional.of(List.of(needed)), headers, failures);
  }
}
