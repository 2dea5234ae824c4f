/**
 * Renders the Nginx configuration that Scalable ships for one cluster: what is tested is what is deployed. Runs
 * nothing. For backends; users of the testkit import nothing of it.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.testkit.nginx;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;

