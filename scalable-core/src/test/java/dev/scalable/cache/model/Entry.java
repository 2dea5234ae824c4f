package dev.scalable.cache.model;

/**
 * An entry of the log.
 *
 * @param name its name
 * @param before the name of its predecessor
 * @param version the newest version that was committed when the key was invalidated; -1 if another key was
 * @param generation the new generation, when all keys were cleared; else -1
 * @param by the instance that sent it; -1 if none of ours did
 */
record Entry(Name name, Name before, int version, int generation, int by) {

  /**
   * What an entry is called.
   *
   * @param id by which the log is ordered; 0 before its first
   * @param mark tells two entries with the same id apart, if anything does
   */
  record Name(int id, int mark) {

    static final Name NONE = new Name(-1, 0);
    static final Name START = new Name(0, 0);

    Name pack(Bits bits) {
      int packedId = bits.of(id);
      int packedMark = bits.of(mark);
      return bits.reading() ? new Name(packedId, packedMark) : this;
    }
  }

  static final Entry BLANK = new Entry(Name.NONE, Name.NONE, -1, -1, -1);

  Entry pack(Bits bits) {
    Name packed = name.pack(bits);
    Name packedBefore = before.pack(bits);
    int packedVersion = bits.of(version);
    int packedGeneration = bits.of(generation);
    int packedBy = bits.of(by);
    return bits.reading() ? new Entry(packed, packedBefore, packedVersion, packedGeneration, packedBy) : this;
  }
}
