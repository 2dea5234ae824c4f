package dev.scalable.testkit.docker;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import dev.scalable.testkit.backend.Probe;
import dev.scalable.testkit.backend.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts Redis, or Valkey: in memory only, or with an append-only file when the cluster's data is kept. */
final class ContainerRedis {
  private static final int PORT = 6379;

  private ContainerRedis() {}

  static Store start(Room room, String image, @Nullable Path kept) {
    List<Bind> binds = new ArrayList<>();
    if (kept != null) {
      binds.add(HostFolder.at(kept.resolve("redis-in-container"), new Volume("/data")));
    }
    // By options alone: the program is called one name in the images of Redis, and another in those of Valkey.
    return ContainerStore.start(room, "redis",
        room.container(image, "redis", binds.toArray(Bind[]::new))
            .withCmd("--save", "", "--appendonly", kept == null ? "no" : "yes"),
        PORT, "TERM", Probe::pongs);
  }
}
