/** Holds what the pages say against the code. */
@NullMarked
package dev.scalable.docs;

import org.jspecify.annotations.NullMarked;
