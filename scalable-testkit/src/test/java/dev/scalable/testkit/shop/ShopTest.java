package dev.scalable.testkit.shop;

import dev.scalable.testkit.junit.ClusterTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test class that runs against two instances of the shop. There is no place for a third: a place without an instance
 * is tried by Nginx now and then, and the moment of it can shift the rotation by one.
 */
@ClusterTest(app = ShopServer.class, migrate = ShopMigration.class, instances = 2, maxInstances = 2, env = {
    "SHOP_HOST=${HOST}", "SHOP_PORT=${PORT}", "SHOP_ID=${INSTANCE_ID}", "SHOP_REDIS=${REDIS_URL}",
    "SHOP_DB=${JDBC_URL}", "SHOP_DB_USER=${DB_USER}", "SHOP_DB_PASSWORD=${DB_PASSWORD}",
    "SHOP_INSTANCE_HEADER=X-Tiny" // what app.properties says for all tests of the testkit
})
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface ShopTest {}
