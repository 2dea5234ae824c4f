package dev.scalable.cache;

import java.util.List;

/** What is broken on purpose, for the {@link CacheSimulation} to find, and what has to go wrong for it to show. */
enum Flaw {
  /** Nothing is broken, and anything may go wrong, or nothing. */
  NONE,
  /** Whoever asks for a lease gets it; shows while all is well. */
  LEASE_FOR_EVERYBODY,
  /** A value is stored whether or not its lease still stands. */
  FILL_WITHOUT_LEASE(Trouble.LATE_MESSAGES),
  /** An invalidation leaves the right to fill. */
  LEASE_SURVIVES_INVALIDATION(Trouble.LATE_MESSAGES),
  /** A value is stored though all keys were invalidated after its load began. */
  FILL_WITHOUT_GENERATION(Trouble.LATE_MESSAGES),
  /** That an entry of the log names its predecessor is of no interest. */
  CHAIN_NOT_LOOKED_AT(Trouble.READER_HALF_OPEN, Trouble.ENTRY_DELETED, Trouble.LATE_MESSAGES),
  /** The heap is served whether or not the log is read. */
  PROOF_WITHOUT_CHECK(Trouble.INSTANCE_CUT_OFF),
  /** A generation that was evicted is not missed. */
  GENERATION_NOT_LOOKED_AT(Trouble.KEY_EVICTED, Trouble.CLOCK_STEPS),
  /** A new primary is taken for the one before. */
  FAILOVER_NOT_SEEN(Trouble.FAILOVER_BEHIND),
  /** Nobody sends what was announced in transactions. */
  NOTHING_RELAYED(Trouble.OLD_DUMP_LOADED, Trouble.INSTANCE_KILLED);

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Trouble> shownBy;

  Flaw(Trouble... shownBy) {
    this.shownBy = List.of(shownBy);
  }

  /** What has to go wrong; empty if all must be well. */
  List<Trouble> shownBy() {
    return shownBy;
  }

  /** The text of a script, with the flaw if it is in there. */
  String edit(String script) {
    return switch (this) {
      case FILL_WITHOUT_LEASE -> script.replace("if redis.call('GET',KEYS[2])~=ARGV[1] then return {0} end\n", "");
      case LEASE_FOR_EVERYBODY -> script.replace("'NX','PX',ARGV[2]", "'PX',ARGV[2]");
      case LEASE_SURVIVES_INVALIDATION -> script.replace("for i=4,#KEYS do", "for i=4,#KEYS,2 do");
      case FILL_WITHOUT_GENERATION -> script
          .replace("if redis.call('GET',KEYS[3])~=ARGV[2] then return {0} end", "")
          .replace("struct.pack('>I8',fresh)..ARGV[2]", "struct.pack('>I8',fresh)..redis.call('GET',KEYS[3])");
      case GENERATION_NOT_LOOKED_AT -> script.replace("reply[i+1]=redis.call('GET',KEYS[i]) or ''",
          "reply[i+1]=string.rep('\\255',8)");
      case FAILOVER_NOT_SEEN -> script.replace("if not e or redis.call('GET',KEYS[4])~=s then", "if not e then")
          .replace("redis.call('GET',KEYS[3])==s and 1 or 0", "1");
      default -> script;
    };
  }
}
