/** The application as a cluster: the claims it makes, as tests, and the command that starts it on one machine. */
@NullMarked
package dev.scalable.starter;

import org.jspecify.annotations.NullMarked;
