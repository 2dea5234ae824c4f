/** Who may do what: features ask here, and do not know where tokens come from. */
@NullMarked
package dev.scalable.starter.access;

import org.jspecify.annotations.NullMarked;
