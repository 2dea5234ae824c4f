package dev.scalable.starter;

import dagger.Component;
import dev.scalable.ScalableModule;
import dev.scalable.lifecycle.Service;
import dev.scalable.openapi.OpenApi;
import dev.scalable.starter.products.ProductsModule;
import jakarta.inject.Singleton;

/** What the service is made of: the library, and one module for each feature. */
@Singleton
@Component(modules = {ScalableModule.class, ApiModule.class, SchemaModule.class, ProductsModule.class})
interface Starter {

  Service service();

  OpenApi openApi();
}
