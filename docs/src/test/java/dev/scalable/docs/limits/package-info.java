/** The example of the page on rate limits. */
@NullMarked
package dev.scalable.docs.limits;

import org.jspecify.annotations.NullMarked;
