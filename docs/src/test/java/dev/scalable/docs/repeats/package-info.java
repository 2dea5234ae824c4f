/** The example of the page on writes that may be repeated. */
@NullMarked
package dev.scalable.docs.repeats;

import org.jspecify.annotations.NullMarked;
