package dev.scalable.benchmarks.peer.spring;

import dev.scalable.benchmarks.peer.NewOrder;
import dev.scalable.benchmarks.peer.Order;
import dev.scalable.benchmarks.peer.Product;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** The routes. */
@RestController
public class ShopController {

  private final Products products;
  private final Orders orders;

  ShopController(Products products, Orders orders) {
    this.products = products;
    this.orders = orders;
  }

  @GetMapping("/health/ready")
  void ready() {}

  @GetMapping("/products/{id}")
  Product product(@PathVariable long id) {
    return products.product(id);
  }

  @GetMapping("/orders/{id}")
  Order order(@PathVariable long id) {
    return orders.order(id);
  }

  @PostMapping("/orders")
  ResponseEntity<byte[]> place(@RequestHeader("Idempotency-Key") String key, @RequestBody NewOrder wanted) {
    return ResponseEntity.status(HttpStatus.CREATED).contentType(MediaType.APPLICATION_JSON)
        .body(orders.place(key, wanted));
  }
}
