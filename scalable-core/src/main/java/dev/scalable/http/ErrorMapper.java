package dev.scalable.http;

import java.util.Optional;

/**
 * Turns exceptions of one kind into problems. Contribute one with Dagger's {@code @IntoSet}; an exception that no mapper knows is
 * a 500 that tells the client nothing of its cause. When two mappers know an exception, either may be asked: let each know its
 * own. Implementations are safe for use by many threads.
 */
@FunctionalInterface
public interface ErrorMapper {

  /**
   * The problem to answer with.
   *
   * @param failure what a handler threw, never a {@link Problem}
   * @return the problem; empty when this mapper does not know the exception
   */
  Optional<Problem> map(Exception failure);
}
