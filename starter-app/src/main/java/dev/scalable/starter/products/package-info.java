/** Products: read one from the cache, page through all, create, update, delete. */
@NullMarked
package dev.scalable.starter.products;

import org.jspecify.annotations.NullMarked;
