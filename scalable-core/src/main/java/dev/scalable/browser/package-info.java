/** What browsers are told: which other origins may call, and what a page may do. */
@NullMarked
package dev.scalable.browser;

import org.jspecify.annotations.NullMarked;
