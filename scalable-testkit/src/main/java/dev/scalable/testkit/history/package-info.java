/**
 * What happened in an experiment, to each request, to the nodes and to the data: the words for it, and nothing that
 * sends or judges. Calls no other package of the testkit.
 */
@NullMarked
package dev.scalable.testkit.history;

import org.jspecify.annotations.NullMarked;

