/**
 * JUnit support: a cluster and a report per test class, given to tests as parameters; tests that a cluster cannot do;
 * and what must hold after every test. Calls {@code cluster} and {@code report}; nobody calls this.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.testkit.junit;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
