/** The examples of the page on the size of a fleet, and what checks them. */
@NullMarked
package dev.scalable.docs.capacity;

import org.jspecify.annotations.NullMarked;
