/** Accounts and their bearer tokens. There is no session: each request shows its token, and any instance can tell whose it is. */
@NullMarked
package dev.scalable.starter.accounts;

import org.jspecify.annotations.NullMarked;
