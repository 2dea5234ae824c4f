package dev.scalable.http;

/**
 * The other end of a request, as far as trusted proxies tell: what stands in {@code X-Forwarded-For}, {@code X-Forwarded-Proto} and
 * {@code X-Forwarded-Host} is believed only of a proxy whose address is in {@code SCALABLE_HTTP_TRUSTED_PROXIES}. Without one it is
 * the connection itself.
 *
 * @param address IP address without a port, IPv6 as RFC 5952 writes it; that of the nearest hop which is no trusted proxy
 * @param scheme {@code http} or {@code https}: what the client speaks
 * @param host host that the client asked for, with a port only if it was given one; for absolute links. It is what the client
 *     wrote, so nothing should be granted on its strength
 */
public record Client(String address, String scheme, String host) {}
