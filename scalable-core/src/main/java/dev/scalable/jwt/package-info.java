/**
 * JSON Web Tokens (RFC 7519): signatures and claims, verified by Nimbus JOSE + JWT, and the keys for that. The only
 * importer of it.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.scalable.jwt;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
