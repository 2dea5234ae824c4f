/** The starter behind Nginx beside the same application on other stacks behind the same Nginx. */
@NullMarked
package dev.scalable.benchmarks.stacks;

import org.jspecify.annotations.NullMarked;
