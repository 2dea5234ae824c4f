package dev.scalable.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever stands in Redis in a value's place is a miss and is overwritten: case 20 of the twenty. */
class StoredBytesTest {

  private record Item(long id, String name) {}

  private record Other(long id, int number) {}

  private final CachePair pair = CachePair.start();
  private final AtomicInteger loads = new AtomicInteger();

  StoredBytesTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    pair.close();
  }

  private TwoTierCache<Long, Item> cache(CacheInstance instance) {
    return instance.caches().named("item", Long.class, Item.class).expireAfterWrite(Duration.ofMinutes(1)).build(id -> {
      loads.incrementAndGet();
      return new Item(id, "name");
    });
  }

  enum Damage {
    LAST_BYTE(bytes -> {
      bytes[bytes.length - 1] ^= 1;
      return bytes;
    }),
    /** JSON as good as before. */
    A_LETTER_OF_A_STRING(bytes -> {
      bytes[bytes.length - 3] ^= 1;
      return bytes;
    }),
    CUT_OFF(bytes -> Arrays.copyOf(bytes, bytes.length - 1)),
    HEADER_ALONE(bytes -> Arrays.copyOf(bytes, 16)),
    HALF_A_HEADER(bytes -> Arrays.copyOf(bytes, 9)),
    EMPTY(bytes -> new byte[0]),
    TEXT(bytes -> "what an app of another kind has put there".getBytes(StandardCharsets.UTF_8));

    @SuppressWarnings("ImmutableEnumChecker") // it captures nothing
    final UnaryOperator<byte[]> change;

    Damage(UnaryOperator<byte[]> change) {
      this.change = change;
    }
  }

  @ParameterizedTest
  @EnumSource
  void bytes_that_are_no_value_are_a_miss_and_overwritten(Damage damage) {
    TwoTierCache<Long, Item> writer = cache(pair.one);
    TwoTierCache<Long, Item> reader = cache(pair.two);
    assertThat(writer.get(1L)).isEqualTo(new Item(1, "name"));
    await().until(() -> writer.stats().stored() == 1);
    byte[] good = pair.stored("item", 1);
    pair.store("item", 1, damage.change.apply(good.clone()));
    assertThat(reader.get(1L)).isEqualTo(new Item(1, "name"));
    assertThat(loads).hasValue(2);
    await().until(() -> reader.stats().stored() == 1);
    assertThat(pair.stored("item", 1)).hasSameSizeAs(good);
  }

  @Test
  void two_versions_of_a_service_with_other_classes_miss_what_the_other_has_stored() {
    TwoTierCache<Long, Item> before = cache(pair.one);
    TwoTierCache<Long, Other> after = pair.two.caches().named("item", Long.class, Other.class)
        .expireAfterWrite(Duration.ofMinutes(1)).staleIfError(Duration.ofMinutes(1)).build(id -> new Other(id, 42));
    assertThat(before.get(1L)).isEqualTo(new Item(1, "name"));
    await().until(() -> before.stats().stored() == 1);
    assertThat(after.getIfPresent(1L)).isNull();
    assertThat(after.get(1L)).isEqualTo(new Other(1, 42));
    await().until(() -> after.stats().stored() == 1);
    assertThat(after.stats().unreadable()).isPositive();
    ((LeasedCache<Long, Item>) before).invalidated("1");
    assertThat(before.get(1L)).isEqualTo(new Item(1, "name"));
    assertThat(loads).hasValue(2);
  }

  @Test
  void a_codec_of_the_app_and_a_large_value_come_back_on_another_instance() {
    Codec<String> codec = new Codec<>() {
      @Override
      public byte[] encode(String value) {
        return value.getBytes(StandardCharsets.UTF_16BE);
      }

      @Override
      public String decode(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_16BE);
      }

      @Override
      public int schema() {
        return 1;
      }
    };
    String large = "much of the same ".repeat(10_000);
    TwoTierCache<Long, String> writer = pair.one.caches().named("text", Long.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(1)).codec(codec).build(id -> large);
    TwoTierCache<Long, String> reader = pair.two.caches().named("text", Long.class, String.class)
        .expireAfterWrite(Duration.ofMinutes(1)).codec(codec).build(id -> "loaded again");
    assertThat(writer.get(1L)).isEqualTo(large);
    await().until(() -> writer.stats().stored() == 1);
    assertThat(pair.stored("text", 1).length).isLessThan(large.length() / 10);
    assertThat(reader.get(1L)).isEqualTo(large);
  }
}
