/** Reads every template of deploy-templates and the starter, a package for each topic, and holds them against each other. */
@NullMarked
package dev.scalable.deploy;

import org.jspecify.annotations.NullMarked;
