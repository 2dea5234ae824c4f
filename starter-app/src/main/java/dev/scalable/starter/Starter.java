package dev.scalable.starter;

import dagger.Component;
import dev.scalable.ScalableModule;
import dev.scalable.lifecycle.Service;
import dev.scalable.openapi.OpenApi;
import dev.scalable.starter.access.AccessModule;
import dev.scalable.starter.accounts.AccountsModule;
import dev.scalable.starter.catalog.CatalogModule;
import dev.scalable.starter.feed.FeedModule;
import dev.scalable.starter.orders.OrdersModule;
import dev.scalable.starter.page.PageModule;
import jakarta.inject.Singleton;

/** What the service is made of: the library, and one module for each feature. */
@Singleton
@Component(modules = {
    ScalableModule.class,
    ApiModule.class,
    SchemaModule.class,
    AccessModule.class,
    AccountsModule.class,
    CatalogModule.class,
    OrdersModule.class,
    FeedModule.class,
    PageModule.class,
})
interface Starter {

  Service service();

  OpenApi openApi();
}
