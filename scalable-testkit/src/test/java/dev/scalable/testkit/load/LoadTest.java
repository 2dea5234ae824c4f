package dev.scalable.testkit.load;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.iterations;
import static dev.scalable.testkit.load.Load.requests;
import static dev.scalable.testkit.load.Load.users;

import org.junit.jupiter.api.Test;

/** A run sends exactly what was asked for, and counts each request once. */
class LoadTest {
  @Test
  void twenty_users_with_ten_requests_each_send_exactly_two_hundred() throws Exception {
    try (TestServer server = TestServer.start(TestServer.roundRobin("a", "b"))) {
      LoadResult result = Load.against(server.uri())
          .get("/products/1")
          .warmUp(requests(100))
          .closed(users(20), iterations(10))
          .run();
      assertThat(result).requests(200).allSucceeded().evenlyDistributed().lostNothing().servedBy("a", "b");
    }
  }
}
