/** What browsers are told: which other origins may call, and what a page may do. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.browser;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
