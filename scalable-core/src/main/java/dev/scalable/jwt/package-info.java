/**
 * JSON Web Tokens (RFC 7519): signatures and claims, verified by Nimbus JOSE + JWT, and the keys for that. The only
 * importer of it.
 */
@NullMarked
package dev.scalable.jwt;

import org.jspecify.annotations.NullMarked;
