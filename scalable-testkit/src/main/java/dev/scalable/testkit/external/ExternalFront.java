package dev.scalable.testkit.external;

import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/** A balancer that runs somewhere, of any kind. */
record ExternalFront(URI uri, ExternalNode process) implements Front {
  @Override
  public URI statusUri() {
    throw ExternalEnvironment.refused("its status");
  }

  @Override
  public String version() {
    return "a balancer of unknown kind";
  }

  @Override
  public Node node() {
    return process;
  }

  @Override
  public Path accessLog() {
    throw ExternalEnvironment.refused("its access log");
  }

  @Override
  public NodeLog log() {
    return process.log();
  }

  @Override
  public Path configuration() {
    throw ExternalEnvironment.refused("its configuration");
  }

  @Override
  public void reload(Set<Integer> down) {
    throw ExternalEnvironment.refused("a reload");
  }
}
