package dev.scalable.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

  private static InetAddress address(String text) {
    return Objects.requireNonNull(IpAddress.parse(text), text);
  }

  @ParameterizedTest
  @CsvSource({
      "10.0.0.0/8, 10.255.0.1, true",
      "10.0.0.0/8, 11.0.0.0, false",
      "192.168.4.0/22, 192.168.7.255, true",
      "192.168.4.0/22, 192.168.8.0, false",
      "127.0.0.1, 127.0.0.1, true",
      "127.0.0.1, 127.0.0.2, false",
      "0.0.0.0/0, 203.0.113.9, true",
      "0.0.0.0/0, 2001:db8::1, false",
      "2001:db8::/33, 2001:db8:7fff::1, true",
      "2001:db8::/33, 2001:db8:8000::1, false",
      "::/0, 2001:db8::1, true",
      "::1, ::1, true",
      "10.0.0.0/8, ::ffff:10.1.2.3, true",
      "'192.0.2.0/24, 10.0.0.0/8', 10.1.2.3, true"})
  void a_network_contains_the_addresses_that_begin_as_it_does(String networks, String candidate, boolean contained) {
    assertThat(TrustedProxies.parse(networks).trust(address(candidate))).isEqualTo(contained);
  }

  @Test
  void nobody_is_trusted_unless_named() {
    assertThat(TrustedProxies.parse("").trust(address("127.0.0.1"))).isFalse();
    assertThat(TrustedProxies.parse("10.0.0.0/8").trust(null)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
      "10.0.0.1/8, 'has bits after its prefix; the network is 10.0.0.0/8, the host 10.0.0.1'",
      "2001:db8::1/32, the network is 2001:db8::/32",
      "10.0.0.0/33, needs a prefix of 0 to 32 bits",
      "2001:db8::/129, needs a prefix of 0 to 128 bits",
      "10.0.0.0/, needs a prefix",
      "10.0.0.0/-1, needs a prefix",
      "localhost, does not begin with an IP address",
      "'10.0.0.0/8,', does not begin with an IP address",
      "10.0.0/8, does not begin with an IP address"})
  void what_is_no_network_is_refused_with_the_reason(String text, String reason) {
    assertThatThrownBy(() -> TrustedProxies.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
      "192.0.2.1, 192.0.2.1",
      "0.0.0.0, 0.0.0.0",
      "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
      "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
      "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
      "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
      "1:0:0:2:3:0:0:4, 1::2:3:0:0:4",
      "::, ::",
      "::1, ::1",
      "1::, 1::",
      "::ffff:192.0.2.1, 192.0.2.1"})
  void an_address_is_written_in_one_way_only(String text, String canonical) {
    assertThat(IpAddress.text(address(text))).isEqualTo(canonical);
  }

  /** It runs on the IO thread, on what a client may have sent: a name service would hold up everybody's requests. */
  @ParameterizedTest
  @ValueSource(strings = {".::1", ".:", "..:1", ".1:2", "::1.", ":.", "a:b", "f.:", "1.2.3.4:"})
  void nothing_is_looked_up(String text) {
    assertThat(IpAddress.parse(text)).isNull();
    assertThat(AskedNames.ODD).doesNotContain(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "01.2.3.4", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4 ",
      "1.2.3.-4", "1.2.3.4/8", "0x7f.1.1.1", "example.org", "fe80::1%lo", ":", ":::", "1:2", "1:2:3:4:5:6:7:8:9", "12345::",
      "2001:db8::g", "[::1]", "\u0661.2.3.4", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"})
  void what_is_no_address_is_not_taken_for_one(String text) {
    assertThat(IpAddress.parse(text)).isNull();
  }
}
