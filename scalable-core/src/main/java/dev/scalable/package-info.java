/** The module that an app installs. Knows every package below it; none of them knows it. */
@NullMarked
package dev.scalable;

import org.jspecify.annotations.NullMarked;
