/** The catalog: read a product from the cache, page through and search all, create, update, delete. */
@NullMarked
package dev.scalable.starter.catalog;

import org.jspecify.annotations.NullMarked;
