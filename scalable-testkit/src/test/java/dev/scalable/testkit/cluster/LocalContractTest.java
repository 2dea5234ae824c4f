package dev.scalable.testkit.cluster;

import dev.scalable.testkit.backend.Backend;

/** The contract of the backends, held by processes of this machine. */
class LocalContractTest extends BackendContract {
  LocalContractTest() {
    super(Backend.LOCAL);
  }
}
