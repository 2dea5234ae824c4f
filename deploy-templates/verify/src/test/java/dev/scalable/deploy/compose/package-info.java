/** The template for Docker Compose: what its file promises, and that the stack, brought up by Compose, keeps it. */
@NullMarked
package dev.scalable.deploy.compose;

import org.jspecify.annotations.NullMarked;
