package dev.scalable.cache;

import dev.scalable.redis.Redis.Script;

/** What must happen in Redis all at once. The protocol that these belong to is told in {@link LeasedCache}. */
final class Scripts {

  private Scripts() {}

  /**
   * Asks for a value or for the right to fill it.
   *
   * <p>KEYS value, lease, generation. ARGV token, lease in ms, until when a value must at least be fresh to be taken: 0
   * takes any that is fresh now. Returns {1, value, now, generation} fresh; or, with the value there is, fresh or not,
   * or '', {2, value, now, generation} granted, {0, value, now, generation} someone else has the right,
   * {3, value, now, generation} the source has failed a moment ago. A generation is a number that grows: the time in
   * microseconds at which it began.
   */
  static final Script LEASE = Script.of("""
      local t=redis.call('TIME'); local now=t[1]*1000+math.floor(t[2]/1000)
      local g=redis.call('GET',KEYS[3])
      if not g then g=struct.pack('>I8',t[1]*1000000+t[2]); redis.call('SET',KEYS[3],g) end
      local v=redis.call('GET',KEYS[1])
      if v and string.sub(v,9,16)~=g then v=false end
      if v then
        local fresh=struct.unpack('>I8',v)
        if fresh>now and fresh>tonumber(ARGV[3]) then return {1,v,now,g} end
      end
      if redis.call('SET',KEYS[2],ARGV[1],'NX','PX',ARGV[2]) then return {2,v or '',now,g} end
      return {redis.call('GET',KEYS[2])=='-' and 3 or 0,v or '',now,g}
      """);

  /**
   * Stores a loaded value, if the right to fill it still stands.
   *
   * <p>KEYS value, lease, generation. ARGV token, generation, ms for which it is fresh, ms for which it is kept, body.
   * Returns {1, freshUntil} stored, {0} fenced.
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
   * <p>KEYS last, log, epoch, value 1, lease 1, value 2, lease 2, ... ARGV longest log, a random mark, source, cache,
   * packed keys. Returns the epoch, or ''.
   */
  static final Script INVALIDATE = Script.of("""
      for i=4,#KEYS do redis.call('DEL',KEYS[i]) end
      local p=redis.call('GET',KEYS[1]) or '0-0'
      local id=redis.call('XADD',KEYS[2],'MAXLEN','~',ARGV[1],'*',
        'o','I','p',p,'m',ARGV[2],'s',ARGV[3],'c',ARGV[4],'k',ARGV[5])
      redis.call('SET',KEYS[1],id..'/'..ARGV[2])
      return redis.call('GET',KEYS[3]) or ''
      """);

  /**
   * Begins a new generation of a cache, so that no value of an earlier one is served or stored any more, and writes
   * that down.
   *
   * <p>KEYS last, log, epoch, generation. ARGV longest log, a random mark, source, cache. Returns {epoch or '',
   * generation}.
   */
  static final Script CLEAR = Script.of("""
      local t=redis.call('TIME'); local n=t[1]*1000000+t[2]
      local before=redis.call('GET',KEYS[4])
      if before then n=math.max(n,struct.unpack('>I8',before)+1) end
      local g=struct.pack('>I8',n)
      redis.call('SET',KEYS[4],g)
      local p=redis.call('GET',KEYS[1]) or '0-0'
      local id=redis.call('XADD',KEYS[2],'MAXLEN','~',ARGV[1],'*',
        'o','C','p',p,'m',ARGV[2],'s',ARGV[3],'c',ARGV[4],'g',g)
      redis.call('SET',KEYS[1],id..'/'..ARGV[2])
      return {redis.call('GET',KEYS[3]) or '',g}
      """);

  /**
   * Enters the log: its epoch, its newest entry, and the generations of all caches. A new epoch begins where the
   * history may have a hole: the epoch or the newest name is lost, or the server is not the one on which the epoch
   * began (a restart, and a replica that has become the primary, have a replication id of their own). Invalidations of
   * late are then sent again; if the log's newest entry is older than that reaches back, nobody knows what is missing,
   * and all caches are cleared.
   *
   * <p>KEYS epoch, last, log, server, generation 1, generation 2, ... ARGV a new epoch, ms that what is sent again
   * reaches back. Returns {epoch, last, server or '', generation 1 or '', generation 2 or '', ...}.
   */
  static final Script JOIN = Script.of("""
      local info=redis.pcall('INFO','replication')
      local s=type(info)=='string' and string.match(info,'master_replid:(%x+)') or ''
      local e=redis.call('GET',KEYS[1]); local l=redis.call('GET',KEYS[2])
      if not l then
        e=false; l='0-0'
        local newest=redis.call('XREVRANGE',KEYS[3],'+','-','COUNT',1)[1]
        if newest then
          l=newest[1]
          for i=1,#newest[2],2 do if newest[2][i]=='m' then l=l..'/'..newest[2][i+1] end end
        end
        redis.call('SET',KEYS[2],l)
      end
      if not e or redis.call('GET',KEYS[4])~=s then
        e=ARGV[1]
        redis.call('SET',KEYS[1],e); redis.call('SET',KEYS[4],s)
        local t=redis.call('TIME'); local now=t[1]*1000+math.floor(t[2]/1000)
        if now-tonumber(string.match(l,'^%d+'))>tonumber(ARGV[2]) then
          for i=5,#KEYS do redis.call('DEL',KEYS[i]) end
        end
      end
      local reply={e,l,s}
      for i=5,#KEYS do reply[i-1]=redis.call('GET',KEYS[i]) or '' end
      return reply
      """);

  /**
   * Looks at the log's head and at the generations of all caches. KEYS epoch, last, server, generation 1, generation 2,
   * ... Returns {epoch or '', last or '', now, 1 if this is the server on which the epoch began, generation 1 or '',
   * generation 2 or '', ...}.
   */
  static final Script CHECK = Script.of("""
      local info=redis.pcall('INFO','replication')
      local s=type(info)=='string' and string.match(info,'master_replid:(%x+)') or ''
      local t=redis.call('TIME')
      local reply={redis.call('GET',KEYS[1]) or '',redis.call('GET',KEYS[2]) or '',t[1]*1000+math.floor(t[2]/1000),
        redis.call('GET',KEYS[3])==s and 1 or 0}
      for i=4,#KEYS do reply[i+1]=redis.call('GET',KEYS[i]) or '' end
      return reply
      """);
}
