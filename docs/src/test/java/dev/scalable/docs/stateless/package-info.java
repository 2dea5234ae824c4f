/** The examples of the page on statelessness. */
@NullMarked
package dev.scalable.docs.stateless;

import org.jspecify.annotations.NullMarked;
