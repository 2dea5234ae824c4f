/** Orders and the stock that they take from: place, look at, cancel. Never more is sold than there is. */
@NullMarked
package dev.scalable.starter.orders;

import org.jspecify.annotations.NullMarked;
