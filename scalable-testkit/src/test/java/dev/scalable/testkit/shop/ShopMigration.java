package dev.scalable.testkit.shop;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes the shop's tables. */
public final class ShopMigration {
  private static final String TABLES =
      """
      create table product (id bigint primary key, price bigint not null, stock bigint not null default 0,
        version bigint not null default 1);
      create table orders (id bigserial primary key, product bigint not null, quantity bigint not null,
        key text, request_id text, placed_at timestamptz not null default now());
      create table answer (key text primary key, json text);
      create table cart_item (cart text, product bigint, quantity bigint not null, primary key (cart, product));
      create table counter (name text primary key, value bigint not null);
      create table register (key text primary key, value bigint not null);
      create table element_set (name text primary key, elements bigint[] not null);
      create table note (id text primary key, note bigint not null);
      create sequence ticket;
      insert into product (id, price, stock) select id, 100 + id, 1000000 from generate_series(1, 100) id;
      """;

  private ShopMigration() {}

  /** Does it, once for a database. */
  public static void main(String[] args) throws SQLException {
    ShopSettings settings = ShopSettings.ofEnvironment();
    try (Connection connection =
            DriverManager.getConnection(settings.jdbcUrl(), settings.databaseUser(), settings.databasePassword());
        Statement statement = connection.createStatement()) {
      statement.execute(TABLES);
    }
  }
}
