package dev.scalable.testkit.load;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One request of a scenario.
 *
 * @param name what it is called in results
 * @param method the method, for the case that the request cannot be made
 * @param path the path, for the same case
 * @param template what makes the request, if it is a template
 * @param request makes the request
 * @param saved what is taken from a good answer, by the name it is kept under
 */
record Step(
    String name,
    String method,
    String path,
    @Nullable RequestTemplate template,
    Function<Journey, Call> request,
    Map<String, Function<Answer, ? extends @Nullable Object>> saved) {

  static Step of(RequestTemplate template) {
    return of(template.toString(), template);
  }

  static Step of(String name, RequestTemplate template) {
    return new Step(name, template.method(), template.path(), template, journey -> template.next(), Map.of());
  }

  static Step of(String name, Function<Journey, Call> request) {
    return new Step(name, "?", "/", null, request, Map.of());
  }

  Step saving(String value, Function<Answer, ? extends @Nullable Object> from) {
    var more = new HashMap<String, Function<Answer, ? extends @Nullable Object>>(saved);
    more.put(value, from);
    return new Step(name, method, path, template, request, Map.copyOf(more));
  }

  /** This step with what is done to every request of the load. */
  Step on(UnaryOperator<RequestTemplate> onTemplate, Function<Call, Call> onCall) {
    Step changed = template == null ? of(name, request.andThen(onCall)) : of(name, onTemplate.apply(template));
    return new Step(name, method, path, changed.template(), changed.request(), saved);
  }
}
