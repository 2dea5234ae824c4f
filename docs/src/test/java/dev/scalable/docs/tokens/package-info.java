/** The examples of the pages on tokens and browsers. */
@NullMarked
package dev.scalable.docs.tokens;

import org.jspecify.annotations.NullMarked;
