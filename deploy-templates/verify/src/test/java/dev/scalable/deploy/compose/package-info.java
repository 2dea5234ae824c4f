/** The template for Docker Compose: what its file promises, and that the whole stack, brought up by Compose itself, keeps it. */
@NullMarked
package dev.scalable.deploy.compose;

import org.jspecify.annotations.NullMarked;
