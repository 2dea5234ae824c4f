package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** A value as bytes: read back as it was, or not at all. */
class PayloadTest {

  private static final Codec<String> TEXT = text(7);

  private final Counts counts = new Counts();
  private final Payload<String> payload = new Payload<>(TEXT, 100, counts);

  private static Codec<String> text(int schema) {
    return new Codec<>() {
      @Override
      public byte[] encode(String value) {
        return value.getBytes(UTF_8);
      }

      @Override
      public String decode(byte[] bytes) {
        return new String(bytes, UTF_8);
      }

      @Override
      public int schema() {
        return schema;
      }
    };
  }

  @Test
  void a_value_is_read_back_with_the_cost_of_its_load() {
    Payload.Read<String> read = payload.decode(payload.encode("value", 1_234_567), 0).orElseThrow();
    assertThat(read).isEqualTo(new Payload.Read<>("value", 1_234_000));
    assertThat(payload.decode(payload.encode("", 0), 0)).contains(new Payload.Read<>("", 0));
    assertThat(payload.decode(payload.encode(null, 0), 0)).contains(new Payload.Read<>(null, 0));
    assertThat(counts.unreadable.sum()).isZero();
  }

  @Test
  void a_large_value_is_compressed_and_read_back() {
    String large = "all work and no play ".repeat(5_000);
    byte[] bytes = payload.encode(large, 0);
    assertThat(bytes.length).isLessThan(large.length() / 20);
    assertThat(payload.decode(bytes, 0).map(Payload.Read::value)).contains(large);
    assertThat(new Payload<>(TEXT, Integer.MAX_VALUE, counts).encode(large, 0).length).isGreaterThan(large.length());
    assertThat(payload.encode("x".repeat(100), 0).length).as("not above the size").isEqualTo(114);
  }

  /** Case 20 of the twenty. */
  @Test
  void bytes_that_are_cut_off_or_damaged_anywhere_are_no_value_and_no_error() {
    for (String value : new String[] {"a small value", "a large value ".repeat(20)}) {
      byte[] whole = payload.encode(value, 5_000);
      for (int length = 0; length < whole.length; length++) {
        assertThat(payload.decode(Arrays.copyOf(whole, length), 0)).as("the first " + length).isEmpty();
      }
      for (int bit = 0; bit < whole.length * 8; bit++) {
        byte[] damaged = whole.clone();
        damaged[bit / 8] ^= (byte) (1 << bit % 8);
        assertThat(payload.decode(damaged, 0)).as("bit " + bit).isEmpty();
      }
    }
    assertThat(payload.decode(new byte[3], 10)).isEmpty();
    assertThat(counts.unreadable.sum()).isPositive();
  }

  @Test
  void bytes_of_another_schema_or_that_the_codec_refuses_are_no_value() {
    assertThat(new Payload<>(text(8), 100, counts).decode(payload.encode("value", 0), 0)).isEmpty();
    Codec<String> refusing = new Codec<>() {
      @Override
      public byte[] encode(String value) {
        return TEXT.encode(value);
      }

      @Override
      public String decode(byte[] bytes) throws Exception {
        throw new Exception("not mine");
      }

      @Override
      public int schema() {
        return 7;
      }
    };
    assertThat(new Payload<>(refusing, 100, counts).decode(payload.encode("value", 0), 0)).isEqualTo(Optional.empty());
    assertThat(counts.unreadable.sum()).isEqualTo(2);
  }

  @Test
  void a_few_bytes_that_claim_to_be_very_many_take_no_memory() {
    byte[] bomb = payload.encode("a large value ".repeat(20), 0);
    ByteBuffer.wrap(bomb).putInt(14, Integer.MAX_VALUE);
    CRC32C sum = new CRC32C();
    sum.update(bomb, 0, 10);
    sum.update(bomb, 14, bomb.length - 14);
    ByteBuffer.wrap(bomb).putInt(10, (int) sum.getValue());
    assertThat(payload.decode(bomb, 0)).isEmpty();
  }
}
