/** The page at {@code /}: what the cluster does now. */
@NullMarked
package dev.scalable.starter.page;

import org.jspecify.annotations.NullMarked;
