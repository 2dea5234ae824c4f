/** The live feed: what is sold, told to all who listen, on whichever instance. Reads the journal of sales, and nothing else. */
@NullMarked
package dev.scalable.starter.feed;

import org.jspecify.annotations.NullMarked;
