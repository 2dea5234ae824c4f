/**
 * Whether the database has the schema that this version of a service needs. It only looks: to bring a schema up to date is a step
 * of its own, before the instances start.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.schema;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
