package dev.scalable.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.ScalableModule;
import dev.scalable.lifecycle.Part;
import dev.scalable.lifecycle.Service;
import dev.scalable.starter.access.AccessModule;
import dev.scalable.starter.accounts.AccountsModule;
import dev.scalable.starter.catalog.CatalogModule;
import dev.scalable.starter.feed.FeedModule;
import dev.scalable.starter.orders.OrdersModule;
import dev.scalable.starter.page.PageModule;
import jakarta.inject.Singleton;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The app passes the checks for state without a database: the first part to start ends the start. */
class StatelessTest {

  private static final Map<String, String> NOWHERE = Map.of("SCALABLE_DB_URL", "jdbc:postgresql://127.0.0.1:1/none",
      "SCALABLE_DB_USER", "nobody", "SCALABLE_REDIS_URL", "redis://127.0.0.1:1", "SCALABLE_HEALTH_PORT", "0");

  @Singleton
  @Component(modules = {
      ScalableModule.class,
      AccessModule.class,
      AccountsModule.class,
      CatalogModule.class,
      OrdersModule.class,
      FeedModule.class,
      PageModule.class,
      Halt.class,
  })
  interface Checked {
    Service service();
  }

  @Module
  interface Halt {
    @Provides
    @IntoSet
    static Part halt() {
      return new Part() {
        @Override
        public String name() {
          return "!";
        }

        @Override
        public Stage stage() {
          return Stage.CONNECTIONS;
        }

        @Override
        public void start() {
          throw new IllegalStateException("the checks have passed");
        }

        @Override
        public void stop() {}
      };
    }
  }

  @Test
  void nothing_that_answers_requests_keeps_state() {
    Service service =
        DaggerStatelessTest_Checked.builder().scalableModule(ScalableModule.with(NOWHERE)).build().service();
    assertThatThrownBy(service::start).hasMessageContaining("the checks have passed");
  }

  @Test
  void the_app_itself_was_compiled_with_the_check() {
    assertThat(Starter.class.getClassLoader().getResource("META-INF/scalable/stateless/" + Starter.class.getName()))
        .isNotNull();
  }
}
