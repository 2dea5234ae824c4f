/**
 * What an instance says of itself, that it lives and whether it is ready for traffic, and what it finds out about what
 * it depends on. Knows nothing else of this library.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.health;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
