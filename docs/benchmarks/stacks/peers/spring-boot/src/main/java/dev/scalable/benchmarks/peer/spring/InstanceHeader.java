package dev.scalable.benchmarks.peer.spring;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Names the instance in every answer. */
@Component
public class InstanceHeader implements Filter {

  private final String instance;

  InstanceHeader(@Value("${INSTANCE_ID}") String instance) {
    this.instance = instance;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ((HttpServletResponse) response).setHeader("X-Instance-Id", instance);
    chain.doFilter(request, response);
  }
}
