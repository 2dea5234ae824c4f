package dev.scalable.cache;

import dev.scalable.redis.Redis.Script;

/** What must happen in Redis all at once. The protocol that these belong to is told in {@link LeasedCache}. */
final class Scripts {

  private Scripts() {}

  /**
   * Asks for a value or for the right to fill it.
   *
   * <p>KEYS value, lease, generation. ARGV token, lease in ms, a new generation, until when a value must at least be fresh to be
   * taken: 0 takes any that is fresh now. Returns {1, value, now, generation} fresh; or, with the value there is, fresh or not, or
   * '', {2, value, now, generation} granted, {0, value, now, generation} someone else has the right,
   * {3, value, now, generation} the source has failed a moment ago.
   */
  static final Script LEASE = Script.of("""
      local g=redis.call('GET',KEYS[3])
      if not g then g=ARGV[3]; redis.call('SET',KEYS[3],g) end
      local t=redis.call('TIME'); local now=t[1]*1000+math.floor(t[2]/1000)
      local v=redis.call('GET',KEYS[1])
      if v and string.sub(v,9,16)~=g then v=false end
      if v then
        local fresh=struct.unpack('>I8',v)
        if fresh>now and fresh>tonumber(ARGV[4]) then return {1,v,now,g} end
      end
      if redis.call('SET',KEYS[2],ARGV[1],'NX','PX',ARGV[2]) then return {2,v or '',now,g} end
      return {redis.call('GET',KEYS[2])=='-' and 3 or 0,v or '',now,g}
      """);

  /**
   * Stores a loaded value, if the right to fill it still stands.
   *
   * <p>KEYS value, lease, generation. ARGV token, generation, ms for which it is fresh, ms for which it is kept, body. Returns
   * {1, freshUntil} stored, {0} fenced.
   */
  static final Script FILL = Script.of("""
      if redis.call('GET',KEYS[2])~=ARGV[1] then return {0} end
      redis.call('DEL',KEYS[2])
      if redis.call('GET',KEYS[3])~=ARGV[2] then return {0} end
      local t=redis.call('TIME'); local fresh=t[1]*1000+math.floor(t[2]/1000)+ARGV[3]
      redis.call('SET',KEYS[1],struct.pack('>I8',fresh)..ARGV[2]..ARGV[5],'PX',ARGV[4])
      return {1,fresh}
      """);

  /** Gives a right back unused. KEYS lease. ARGV token, ms for which nobody shall have it; 0 for none. */
  static final Script RELEASE = Script.of("""
      if redis.call('GET',KEYS[1])==ARGV[1] then
        if ARGV[2]=='0' then redis.call('DEL',KEYS[1]) else redis.call('SET',KEYS[1],'-','PX',ARGV[2]) end
      end
      return 1
      """);

  /**
   * Removes values and the rights to fill them, and writes that down.
   *
   * <p>KEYS last, log, value 1, lease 1, value 2, lease 2, ... ARGV longest log, cache, packed keys. Returns the entry's id.
   */
  static final Script INVALIDATE = Script.of("""
      for i=3,#KEYS do redis.call('DEL',KEYS[i]) end
      local p=redis.call('GET',KEYS[1]) or '0-0'
      local id=redis.call('XADD',KEYS[2],'MAXLEN','~',ARGV[1],'*','p',p,'c',ARGV[2],'k',ARGV[3])
      redis.call('SET',KEYS[1],id)
      return id
      """);

  /**
   * Enters the log: its epoch, made if there is none, and its newest id, found again if it was lost, which begins a new epoch.
   *
   * <p>KEYS epoch, last, log. ARGV a new epoch. Returns {epoch, last}.
   */
  static final Script JOIN = Script.of("""
      local e=redis.call('GET',KEYS[1]); local l=redis.call('GET',KEYS[2])
      if e and l then return {e,l} end
      if not l then
        local newest=redis.call('XREVRANGE',KEYS[3],'+','-','COUNT',1)
        l=newest[1] and newest[1][1] or '0-0'
        redis.call('SET',KEYS[2],l)
      end
      redis.call('SET',KEYS[1],ARGV[1])
      return {ARGV[1],l}
      """);

  /** Looks at the log's head. KEYS epoch, last. Returns {epoch or '', last or '', now}. */
  static final Script CHECK = Script.of("""
      local t=redis.call('TIME')
      return {redis.call('GET',KEYS[1]) or '',redis.call('GET',KEYS[2]) or '',t[1]*1000+math.floor(t[2]/1000)}
      """);
}
