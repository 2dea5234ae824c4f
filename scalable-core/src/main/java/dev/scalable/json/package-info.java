/** JSON by Jackson, behind {@link dev.scalable.http.JsonCodec}. The only importer of Jackson. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.scalable.json;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
