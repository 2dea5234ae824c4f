/** The units of systemd: what is installed, what systemd thinks of it, and the rolling restart. */
@NullMarked
package dev.scalable.deploy.systemd;

import org.jspecify.annotations.NullMarked;
