package dev.scalable.server;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The networks whose proxies are believed. Immutable. */
final class TrustedProxies {

  private final List<Network> networks;

  private TrustedProxies(List<Network> networks) {
    this.networks = networks;
  }

  /** The addresses that begin with the first {@code prefix} bits of an address. */
  private record Network(InetAddress address, int prefix) {

    static Network parse(String text) {
      int slash = text.indexOf('/');
      InetAddress address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
      if (address == null) {
        throw new IllegalArgumentException("\"" + text + "\" does not begin with an IP address");
      }
      int bits = address.getAddress().length * 8;
      int prefix = slash < 0 ? bits : prefix(text, slash + 1, bits);
      InetAddress first = cut(address, prefix);
      if (!first.equals(address)) {
        // Whoever wrote it may have meant one host and would trust a whole network.
        throw new IllegalArgumentException("\"" + text + "\" has bits after its prefix; the network is "
            + IpAddress.text(first) + "/" + prefix + ", the host " + IpAddress.text(address));
      }
      return new Network(address, prefix);
    }

    private static int prefix(String text, int from, int most) {
      try {
        int prefix = Integer.parseInt(text, from, text.length(), 10);
        if (prefix >= 0 && prefix <= most) {
          return prefix;
        }
      } catch (NumberFormatException e) {
        // Said below, as for a number out of bounds.
      }
      throw new IllegalArgumentException("\"" + text + "\" needs a prefix of 0 to " + most + " bits");
    }

    private static InetAddress cut(InetAddress address, int prefix) {
      byte[] bytes = address.getAddress();
      for (int bit = prefix; bit < bytes.length * 8; bit++) {
        bytes[bit / 8] &= (byte) ~(128 >> (bit % 8));
      }
      try {
        return InetAddress.getByAddress(bytes);
      } catch (java.net.UnknownHostException e) {
        throw new IllegalStateException("An address has as many bytes as it had", e);
      }
    }

    boolean contains(byte[] candidate) {
      byte[] own = address.getAddress();
      if (own.length != candidate.length) {
        return false;
      }
      int whole = prefix / 8;
      for (int i = 0; i < whole; i++) {
        if (own[i] != candidate[i]) {
          return false;
        }
      }
      int rest = prefix % 8;
      return rest == 0 || ((own[whole] ^ candidate[whole]) & 255) >> (8 - rest) == 0;
    }

    @Override
    public String toString() {
      return IpAddress.text(address) + "/" + prefix;
    }
  }

  /**
   * Reads networks separated by commas, each an address with the length of a prefix, or an address alone; empty for none.
   *
   * @throws IllegalArgumentException if one is malformed; the message says which and what is wrong
   */
  static TrustedProxies parse(String text) {
    List<Network> networks = new ArrayList<>();
    for (String network : text.split(",", -1)) {
      if (!text.isBlank()) {
        networks.add(Network.parse(network.strip()));
      }
    }
    return new TrustedProxies(List.copyOf(networks));
  }

  /** Whether a proxy at this address is believed. */
  boolean trust(@Nullable InetAddress address) {
    if (address == null || networks.isEmpty()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return networks.stream().map(Network::toString).collect(Collectors.joining(","));
  }
}
