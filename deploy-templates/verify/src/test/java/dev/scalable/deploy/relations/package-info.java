/** The numbers in one file that must fit those in another, over all templates and the library. */
@NullMarked
package dev.scalable.deploy.relations;

import org.jspecify.annotations.NullMarked;
