/**
 * The testkit judged by itself: a small shop whose bugs are behind switches, the suite that its author would write with
 * the testkit, and the proof that the suite is content with the honest shop and with none of the bugs. The shop is
 * plain Java on sockets and JDBC. It knows nothing of the testkit nor of any framework.
 */
@NullMarked
package dev.scalable.testkit.shop;

import org.jspecify.annotations.NullMarked;
