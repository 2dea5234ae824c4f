package dev.scalable.cache.model;

import dev.scalable.cache.model.Explorer.Steps;
import org.jspecify.annotations.Nullable;

/** All that can happen in a setting. */
final class CacheProtocol implements Explorer.Model<World> {

  private final Setting setting;

  CacheProtocol(Setting setting) {
    this.setting = setting;
  }

  @Override
  public World blank() {
    return new World(setting);
  }

  @Override
  public World initial() {
    return blank().begin();
  }

  @Override
  public void pack(World state, Bits bits) {
    state.pack(bits);
  }

  @Override
  public void steps(World world, Steps<World> steps) {
    for (Reader reader : world.readers) {
      reader.steps(world, steps);
    }
    for (Writer writer : world.writers) {
      writer.steps(world, steps);
    }
    for (Instance instance : world.instances) {
      if (instance.number == Setting.A || !setting.onlyOneKeeps()) {
        instance.steps(world, steps);
      }
    }
    Writer.relay(world, steps);
    if (world.now < setting.ticks()) {
      steps.add("the clock", "ticks to", world.now + 1, next -> next.now++);
    }
    loss(world, steps);
    failover(world, steps);
  }

  private void loss(World world, Steps<World> steps) {
    Server server = world.servers[world.primary];
    if (setting.can(Fault.LEASE_EXPIRES) && server.lease != Server.NONE) {
      steps.add("Redis", "lets the lease expire", next -> next.servers[next.primary].lease = Server.NONE);
    }
    if (setting.can(Fault.VALUE_EXPIRES) && server.value != Server.NONE && !world.valueExpired) {
      steps.add("Redis and all heaps", "let the value expire", next -> {
        next.valueExpired = true;
        next.servers[next.primary].expired = true;
        for (Instance instance : next.instances) {
          instance.near = Instance.NONE;
          instance.nearOf = Instance.NONE;
        }
      });
    }
    if (setting.can(Fault.ENTRY_LOST) && !server.log.isEmpty() && !world.entryLost) {
      steps.add("Redis", "loses the oldest entry of its log", next -> {
        next.entryLost = true;
        next.servers[next.primary].log.removeFirst();
      });
    }
    if (setting.can(Fault.FLUSHED) && !world.flushed) {
      steps.add("Redis", "forgets everything", next -> {
        next.flushed = true;
        next.servers[next.primary].forget();
      });
    }
  }

  private void failover(World world, Steps<World> steps) {
    if (world.primary == 1 || !setting.goesBack()) {
      if (setting.can(Fault.SPLIT) && world.primary == 1 && world.instances[Setting.A].logLink == 0) {
        steps.add("A", "opens its link for the log anew, to the new primary", next -> next.instances[Setting.A].logLink = 1);
      }
      return;
    }
    if (setting.can(Fault.FAILOVER) && !world.servers[1].same(world.servers[0])) {
      steps.add("the replica", "catches up", next -> next.servers[1].copy(next.servers[0]));
    }
    steps.add("the replica", setting.splits() ? "becomes a primary while the old one lives on" : "becomes the primary", next -> {
      next.primary = 1;
      if (setting.splits()) {
        next.servers[1].copy(next.servers[0]);
      }
      for (Instance instance : next.instances) {
        boolean left = instance.number == Setting.A;
        instance.dataLink = left && setting.can(Fault.SPLIT_WHOLE) ? 0 : 1;
        instance.logLink = left && setting.splits() ? 0 : 1;
      }
    });
  }

  @Override
  public @Nullable Invariant broken(World world) {
    if (world.broken != null) {
      return world.broken;
    }
    for (Server server : world.servers) {
      if (server.serves(server.generation) && server.value < server.fence) {
        return Invariant.NO_FILL_BEHIND_ITS_FENCE;
      }
    }
    for (Instance instance : world.instances) {
      Invariant broken = instance.broken(world);
      if (broken != null) {
        return broken;
      }
    }
    return null;
  }

  @Override
  public @Nullable Invariant brokenAtRest(World world) {
    Server server = world.servers[world.primary];
    // As far as it can be told from the log alone, a failover may lose an invalidation for good: that is about heaps.
    boolean lost = setting.can(Fault.FAILOVER) && !setting.has(Rule.FAILOVER_SEEN) && setting.bound() > 0;
    boolean stale = !lost && server.serves(server.generation) && server.value < world.committed;
    for (Instance instance : world.instances) {
      int served = instance.serves(world);
      stale |= served != Instance.NONE && served < world.committed;
    }
    return stale ? Invariant.FRESH_AT_REST : null;
  }
}
