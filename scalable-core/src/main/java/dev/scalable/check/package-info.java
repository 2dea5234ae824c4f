/**
 * Statelessness by construction. {@link dev.scalable.check.StatelessPlugin} runs in the compiler, inside Dagger, and
 * refuses state in what Dagger injects; {@link dev.scalable.check.StatelessCheck} runs before a service starts, and
 * refuses state in what its handlers have captured; {@link dev.scalable.check.SharedState} is how an app says that some
 * state is meant. Alone in knowing Dagger's service provider interface, which is never on the class path of a running
 * service. Knows nothing else of ours.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.check;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
