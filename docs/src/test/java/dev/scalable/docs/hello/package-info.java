/** The README's example, as it stands there. */
@NullMarked
package dev.scalable.docs.hello;

import org.jspecify.annotations.NullMarked;
