package dev.scalable.docs.tutorial;

import dagger.Component;
import dev.scalable.ScalableModule;
import dev.scalable.lifecycle.Service;
import dev.scalable.starter.access.AccessModule;
import dev.scalable.starter.accounts.AccountsModule;
import dev.scalable.starter.catalog.CatalogModule;
import dev.scalable.starter.feed.FeedModule;
import dev.scalable.starter.orders.OrdersModule;
import dev.scalable.starter.page.PageModule;
import dev.scalable.starter.venues.VenuesModule;
import jakarta.inject.Singleton;

/** The starter with the line that the tutorial has a reader add to its component. */
final class WithVenues {

  @Singleton
  @Component(modules = {
      ScalableModule.class,
      AccessModule.class,
      AccountsModule.class,
      CatalogModule.class,
      OrdersModule.class,
      FeedModule.class,
      PageModule.class,
      VenuesModule.class,
  })
  interface App {
    Service service();
  }

  private WithVenues() {}

  public static void main(String[] args) {
    DaggerWithVenues_App.create().service().run();
  }
}
