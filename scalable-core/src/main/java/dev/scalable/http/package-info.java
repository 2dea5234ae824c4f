/**
 * The contract that handlers are written against: a {@link dev.scalable.http.Handler} takes a
 * {@link dev.scalable.http.Request} and returns a {@link dev.scalable.http.Response}, a
 * {@link dev.scalable.http.Route} says where it is reached. Knows no server and nothing else of this library.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.http;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
