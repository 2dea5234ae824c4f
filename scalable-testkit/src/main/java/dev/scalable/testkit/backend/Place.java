package dev.scalable.testkit.backend;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * A place for an instance, which stays the same over every stop and start.
 *
 * @param number from 1
 * @param id how the instance there calls itself in its header
 * @param uri where this JVM reaches it
 * @param host that the app is to listen on, so that it is reached there and by nobody else
 * @param port that the app is to listen on
 * @param upstream where the balancer reaches it
 */
public record Place(int number, String id, URI uri, String host, int port, InetSocketAddress upstream) {}
