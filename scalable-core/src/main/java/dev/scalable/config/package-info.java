/**
 * Settings: the environment, and the files it points to, read once, checked as a whole, all mistakes reported together. Knows nothing
 * else of this library.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.config;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
