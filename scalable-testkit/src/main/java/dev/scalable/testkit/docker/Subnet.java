package dev.scalable.testkit.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Network;
import dev.scalable.testkit.backend.ClusterException;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of 253 addresses. Chosen here and not by the engine, as only in such a network a container can be given an
 * address. From the block that is set apart for tests of network devices (RFC 2544, RFC 6890): no machine of a company
 * and no other network of the engine is likely to be there.
 *
 * @param prefix of its addresses: the first three numbers and a point
 */
record Subnet(String name, String prefix, AtomicInteger last) {
  /** 198.18.0.0/15. */
  private static final int NETWORKS = 512;

  private static final int ATTEMPTS = 20;
  private static final int GATEWAY = 1;
  private static final int LAST = 254;

  /** Creates a network called {@code name} where there is none yet. */
  static Subnet create(DockerClient client, String name, Map<String, String> labels) {
    int first = ThreadLocalRandom.current().nextInt(NETWORKS);
    for (int attempt = 0; ; attempt++) {
      int number = (first + attempt) % NETWORKS;
      Subnet subnet = new Subnet(
          name, "198." + (18 + number / 256) + "." + number % 256 + ".", new AtomicInteger(GATEWAY));
      try {
        client.createNetworkCmd().withName(name).withDriver("bridge").withLabels(labels)
            .withIpam(new Network.Ipam().withConfig(
                new Network.Ipam.Config().withSubnet(subnet.prefix + "0/24").withGateway(subnet.gateway())))
            .exec();
        return subnet;
      } catch (DockerException e) {
        if (attempt == ATTEMPTS || !String.valueOf(e.getMessage()).contains("overlaps")) {
          throw new ClusterException(
              "the engine made no network for the cluster, at last with the addresses " + subnet.prefix + "0/24: "
                  + Room.words(e), e);
        }
      }
    }
  }

  /** That of this machine. */
  String gateway() {
    return prefix + GATEWAY;
  }

  String reserveAddress() {
    int number = last.incrementAndGet();
    if (number > LAST) {
      throw new ClusterException("all addresses of the network " + prefix + "0/24 were given away");
    }
    return prefix + number;
  }

  void remove(DockerClient client) {
    try {
      client.removeNetworkCmd(name).exec();
    } catch (NotFoundException e) {
      // a second try at closing: it is gone already
    }
  }
}
