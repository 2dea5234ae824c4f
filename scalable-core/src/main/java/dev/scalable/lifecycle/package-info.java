/**
 * Ordered start and reverse stop of a service's parts, and the process around them: SIGTERM, drain, exit. Reads the
 * settings' verdict; knows no part by name.
 */
@NullMarked
package dev.scalable.lifecycle;

import org.jspecify.annotations.NullMarked;
