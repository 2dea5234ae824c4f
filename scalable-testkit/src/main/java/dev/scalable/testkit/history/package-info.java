/**
 * What happened in an experiment, to each request, to the nodes and to the data: the words for it, and nothing that
 * sends or judges. Calls no other package of the testkit.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.testkit.history;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

