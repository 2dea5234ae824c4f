/** Renders what was measured for people to read. Calls no other package of the testkit. */
@NullMarked
package dev.scalable.testkit.report;

import org.jspecify.annotations.NullMarked;

