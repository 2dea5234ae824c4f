package dev.scalable.testkit.shop;

import java.net.URI;
import java.util.Set;

/** What the shop is told by its environment. */
record ShopSettings(String host, int port, String instance, String instanceHeader, String jdbcUrl, String databaseUser,
    String databasePassword, URI redis, Set<Bug> bugs) {

  static ShopSettings ofEnvironment() {
    return new ShopSettings(get("SHOP_HOST", "127.0.0.1"), Integer.parseInt(get("SHOP_PORT", "0")),
        get("SHOP_ID", "shop"), get("SHOP_INSTANCE_HEADER", "X-Instance-Id"),
        get("SHOP_DB", "jdbc:postgresql://127.0.0.1:5432/app"),
        get("SHOP_DB_USER", "app"), get("SHOP_DB_PASSWORD", "app"),
        URI.create(get("SHOP_REDIS", "redis://127.0.0.1:6379")), Bugs.parse(get("SHOP_BUGS", "")));
  }

  private static String get(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }
}
