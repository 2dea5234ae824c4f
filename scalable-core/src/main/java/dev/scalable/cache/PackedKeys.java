package dev.scalable.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Keys as one field of a log entry: each as the length of its UTF-8 bytes, 4 bytes, and the bytes. */
final class PackedKeys {

  private PackedKeys() {}

  static byte[] pack(List<String> keys) {
    List<byte[]> texts = keys.stream().map(key -> key.getBytes(UTF_8)).toList();
    ByteBuffer packed = ByteBuffer.allocate(texts.stream().mapToInt(text -> 4 + text.length).sum());
    texts.forEach(text -> packed.putInt(text.length).put(text));
    return packed.array();
  }

  static List<String> unpack(byte[] packed) {
    ByteBuffer buffer = ByteBuffer.wrap(packed);
    List<String> keys = new ArrayList<>();
    while (buffer.hasRemaining()) {
      byte[] text = new byte[buffer.getInt()];
      buffer.get(text);
      keys.add(new String(text, UTF_8));
    }
    return keys;
  }
}
