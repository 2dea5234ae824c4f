/** JSON by Jackson, behind {@link dev.scalable.http.JsonCodec}. The only importer of Jackson. */
@NullMarked
package dev.scalable.json;

import org.jspecify.annotations.NullMarked;
