/** What an instance may say of itself: that it is alive, and whether it is ready for traffic. Knows nothing else of this library. */
@NullMarked
package dev.scalable.health;

import org.jspecify.annotations.NullMarked;
