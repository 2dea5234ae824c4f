package dev.scalable.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** The platform's own name service, for all tests of this module, and a list of those names that are none. */
public final class AskedNames extends InetAddressResolverProvider {

  /** Names with a colon, which no name of a host has, that were looked up. */
  static final Queue<String> ODD = new ConcurrentLinkedQueue<>();

  @Override
  public InetAddressResolver get(Configuration configuration) {
    InetAddressResolver platform = configuration.builtinResolver();
    return new InetAddressResolver() {
      @Override
      public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
        if (host.indexOf(':') >= 0) {
          ODD.add(host);
        }
        return platform.lookupByName(host, policy);
      }

      @Override
      public String lookupByAddress(byte[] address) throws UnknownHostException {
        return platform.lookupByAddress(address);
      }
    };
  }

  @Override
  public String name() {
    return "the platform's, listened to";
  }
}
