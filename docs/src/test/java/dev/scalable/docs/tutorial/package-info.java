/** What the tutorial builds, run and counted. */
@NullMarked
package dev.scalable.docs.tutorial;

import org.jspecify.annotations.NullMarked;
