/** The image of the app: what its Dockerfile promises, and the run-time and cache that its scripts make. */
@NullMarked
package dev.scalable.deploy.docker;

import org.jspecify.annotations.NullMarked;
