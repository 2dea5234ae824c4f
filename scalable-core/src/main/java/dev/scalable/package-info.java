/** The module that an app installs. Knows every package below it; none of them knows it. */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
