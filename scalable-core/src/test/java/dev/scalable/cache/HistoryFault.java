package dev.scalable.cache;

/** What can happen to a {@link HistoryCluster}, in times of its bound. */
enum HistoryFault {
  NOTHING(cluster -> cluster.run(0.5)),
  LINKS_ARE_SLOW(cluster -> cluster.slowLinks(0.8)),
  REDIS_IS_STOPPED(cluster -> cluster.stopRedis(1.4)),
  AN_INSTANCE_IS_STOPPED(cluster -> cluster.stopInstance(1.6, () -> { })),
  ANSWERS_ARE_LOST(cluster -> cluster.loseAnswers(1.6)),
  CONNECTIONS_ARE_KILLED(cluster -> {
    for (int i = 0; i < 5; i++) {
      cluster.killConnections();
      cluster.run(0.1);
    }
  }),
  WRITES_ARE_REFUSED(cluster -> cluster.refuseWrites(0.7)),
  THE_LOG_IS_TRIMMED(cluster -> cluster.stopInstance(1.2, cluster::trimLog)),
  REDIS_FORGETS(cluster -> cluster.stopInstance(1.2, cluster::forgetAll)),
  /** Once, as there is one replica. */
  A_REPLICA_THAT_WAS_BEHIND_IS_PROMOTED(cluster -> cluster.failOver(1.6)),
  /** Once, as the instance is gone. */
  A_WRITER_IS_KILLED_AFTER_ITS_COMMIT(HistoryCluster::killWriter);

  @SuppressWarnings("ImmutableEnumChecker") // a lambda that captures nothing
  private final Event event;

  private interface Event {
    void befall(HistoryCluster cluster) throws Exception;
  }

  HistoryFault(Event event) {
    this.event = event;
  }

  /** Whether it can happen once only. */
  boolean lasts() {
    return this == A_REPLICA_THAT_WAS_BEHIND_IS_PROMOTED || this == A_WRITER_IS_KILLED_AFTER_ITS_COMMIT;
  }

  /** Happens, and is over. */
  void befall(HistoryCluster cluster) throws Exception {
    event.befall(cluster);
  }
}
