package dev.scalable.docs.tutorial;

import static dev.scalable.testkit.check.TestkitAssertions.assertThat;
import static dev.scalable.testkit.load.Load.at;
import static dev.scalable.testkit.load.Load.users;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.starter.Migrate;
import dev.scalable.testkit.check.Staleness;
import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import org.junit.jupiter.api.Test;

@ClusterTest(app = WithVenues.class, migrate = Migrate.class, instances = 2,
    env = "STARTER_MERCHANT_TOKEN=" + VenuesTest.TOKEN)
class VenuesTest {
  static final String TOKEN = "the-token-of-the-merchant-of-this-test";

  private static Call seats(long venue, long seats) {
    return Call.put("/venues/" + venue, "{\"name\":\"Town hall\",\"seats\":" + seats + "}")
        .header("Authorization", "Bearer " + TOKEN);
  }

  private static long seats(Answer answer) {
    return Long.parseLong(answer.text().replaceAll(".*\"seats\":(\\d+).*", "$1"));
  }

  @Test void a_venue_is_read_from_the_cache(Cluster cluster) throws Exception {
    try (var client = Client.open(cluster.uri()); var connection = cluster.postgres().dataSource().getConnection();
        var statement = connection.createStatement()) {
      assertThat(client.send(seats(1, 200)).status()).isEqualTo(200);
      assertThat(seats(client.send(Call.get("/venues/1")))).isEqualTo(200);
      statement.executeUpdate("update venue set seats = 300"); // behind the back of the application

      assertThat(seats(client.send(Call.get("/venues/1")))).isEqualTo(200);
    }
  }

  @Test void what_one_instance_writes_the_other_shows_at_once(Cluster cluster) {
    Staleness seats = Staleness.probe(cluster)
        .write(version -> seats(2, version)).read(Call.get("/venues/2"), VenuesTest::seats).writes(20).run();
    System.out.println(seats);
    assertThat(seats).maxAtMost(ofSeconds(2));
  }

  @Test void a_killed_instance_loses_no_write(Cluster cluster) {
    var run = cluster.load().put("/venues/3", () -> "{\"name\":\"Town hall\",\"seats\":200}").idempotencyKey()
        .header("Authorization", "Bearer " + TOKEN).closed(users(4).during(ofSeconds(2)))
        .fault(at(ofMillis(500)), "kill app-1", () -> cluster.instance(1).kill())
        .run();
    assertThat(run).lostNothing();
  }
}
