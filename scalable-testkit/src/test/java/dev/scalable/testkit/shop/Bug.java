package dev.scalable.testkit.shop;

import java.util.Locale;

/** The mistakes that the shop can make when it is told to, each one that real shops have made. */
enum Bug {
  /** SIGTERM ends the process at once, with whatever it is answering. */
  DRAIN_OFF,
  /** A cart is kept by the instance that it was filled on. */
  SESSION_IN_MEMORY,
  /** A counter or register is read, changed and written, with nothing that keeps others from doing the same. */
  LOST_UPDATE,
  /** Stock is looked at and then taken, without a lock in between. */
  OVERSELL,
  /** A change of a product leaves both caches as they are, and they keep it for good. */
  NO_INVALIDATION,
  /** A change of a product reaches Redis but not the memories of the instances, which keep it for good. */
  STALE_L1,
  /** That there is no such product is remembered for good. */
  CACHED_ABSENT,
  /** Each request takes 300 ms longer, as on an instance that swaps or has a bad disk. */
  SLOW,
  /** An order that is refused keeps its database connection. */
  LEAKED_CONNECTION,
  /** A write that the database refuses is answered as if it had succeeded. */
  SWALLOWED_ERROR,
  /** The idempotency key of an order is not looked at. */
  KEY_IGNORED,
  /** Each order is written twice. */
  DOUBLE_INSERT,
  /** Ticket numbers are counted by each instance for itself. */
  IDS_PER_INSTANCE,
  /** Values of registers are read from a copy that only this instance's own writes renew. */
  REGISTER_IN_MEMORY,
  /** Answers carry no request id, and rows do not either. */
  REQUEST_ID_LOST,
  /** Notes are kept in a file of the instance. */
  STATE_FILE,
  /** The calls of a client are counted by each instance for itself. */
  LIMIT_IN_MEMORY;

  /** Its name in {@code SHOP_BUGS} and in {@code PUT /bugs}, such as {@code drain-off}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The bug of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Bug named(String label) {
    return valueOf(label.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
