package dev.scalable.testkit.check;

import static dev.scalable.testkit.history.Operation.Kind.ADD;

import dev.scalable.testkit.history.Operation;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a key holds when operations follow one another: the sequential specification that an order is held against. */
enum Datatype {
  /** Holds what was written last, and nothing before. */
  REGISTER {
    @Override
    @Nullable Object normal(@Nullable Object value) {
      return value;
    }
  },

  /** Is added to. One that nobody has added to may not exist yet: absent is zero, before and in an answer. */
  COUNTER {
    @Override
    Object normal(@Nullable Object value) {
      return value == null ? 0L : value;
    }
  };

  /** What the operations on one key take it for. */
  static Datatype of(Collection<Operation> operations) {
    return operations.stream().anyMatch(operation -> operation.kind() == ADD) ? COUNTER : REGISTER;
  }

  /** One form for all values that mean the same; a key begins in that of what it held. */
  abstract @Nullable Object normal(@Nullable Object value);

  /** Whether an operation can have ended as it did in a state, itself of normal form. */
  boolean allows(Operation operation, @Nullable Object state) {
    return switch (operation.kind()) {
      case READ -> Objects.equals(normal(operation.value()), state);
      case CAS -> Objects.equals(normal(operation.expected()), state);
      case WRITE, ADD -> true;
    };
  }

  /** The state after an operation. */
  @Nullable Object applied(Operation operation, @Nullable Object state) {
    return switch (operation.kind()) {
      case READ -> state;
      case WRITE, CAS -> normal(operation.value());
      case ADD -> (state instanceof Long sum ? sum : 0) + (operation.value() instanceof Long amount ? amount : 0);
    };
  }
}
