/** What the measurement of whole stacks writes down, and the page that is made of it. */
@NullMarked
package dev.scalable.benchmarks.figures;

import org.jspecify.annotations.NullMarked;
