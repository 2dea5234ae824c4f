package dev.scalable.redis;

import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/** One address, which may lead to one server today and to another tomorrow. */
final class SingleServer implements Topology {

  private final HostAndPort address;
  private final Following following;
  private final RedisClient commands;
  private final Breaker breaker = new Breaker(this::describe, System::nanoTime);

  SingleServer(HostAndPort address, Connector connector) {
    this.address = address;
    this.following = new Following(connector);
    following.follow(address);
    this.commands = RedisClient.builder().connectionProvider(following).clientConfig(connector.config()).build();
  }

  @Override
  public void start() {
    // Connects when it is first used.
  }

  @Override
  public void stop() {
    commands.close();
  }

  @Override
  public UnifiedJedis commands() {
    return commands;
  }

  @Override
  public HostAndPort serverOf(byte[] key) {
    return address;
  }

  @Override
  public Breaker breaker(byte[] key) {
    return breaker;
  }

  @Override
  public int silentServers() {
    return breaker.isOpen() ? 1 : 0;
  }

  @Override
  public void unanswered() {
    // There is nobody else to ask.
  }

  @Override
  public void sentAway() {
    // The connections lead to a server that has been made a replica, while the name may lead to another by now.
    following.follow(address);
  }

  @Override
  public String describe() {
    return "Redis at " + address;
  }
}
