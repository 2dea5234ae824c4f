/**
 * What happened to each request of an experiment: the words for it, and nothing that sends or judges. Calls no other
 * package of the testkit.
 */
@NullMarked
package dev.scalable.testkit.history;

import org.jspecify.annotations.NullMarked;

