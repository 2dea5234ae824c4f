/** The application: what it is made of, and how it starts. Each feature is a package below this one. */
@NullMarked
package dev.scalable.starter;

import org.jspecify.annotations.NullMarked;
