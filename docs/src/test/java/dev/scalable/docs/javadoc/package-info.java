/** What the examples in the library's javadoc need around them to be compiled; {@code JavadocTest} looks for each here. */
@NullMarked
package dev.scalable.docs.javadoc;

import org.jspecify.annotations.NullMarked;
