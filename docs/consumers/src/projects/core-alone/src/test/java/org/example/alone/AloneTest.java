package org.example.alone;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.scalable.ScalableModule;
import dev.scalable.lifecycle.Service;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The library is all that this service has: no testkit, no logger, no parent. */
class AloneTest {

  private static Service service(Map<String, String> settings) {
    return DaggerMain_App.builder().scalableModule(ScalableModule.with(settings)).build().service();
  }

  @Test
  void what_is_missing_is_said_at_the_start() {
    Exception refused = assertThrows(Exception.class, () -> service(Map.of()).start());
    assertTrue(String.valueOf(refused.getMessage()).contains("SCALABLE_DB_URL"), refused.getMessage());
  }

  @Test
  void only_what_the_library_needs_is_on_the_class_path() {
    assertThrows(ClassNotFoundException.class, () -> Class.forName("dev.scalable.testkit.cluster.Cluster"));
    assertThrows(ClassNotFoundException.class, () -> Class.forName("dagger.spi.model.BindingGraphPlugin"));
    assertThrows(ClassNotFoundException.class, () -> Class.forName("ch.qos.logback.classic.Logger"));
  }
}
