package dev.scalable.starter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.scalable.testkit.cluster.Cluster;
import dev.scalable.testkit.cluster.Instance;
import dev.scalable.testkit.junit.ClusterTest;
import dev.scalable.testkit.load.Answer;
import dev.scalable.testkit.load.Call;
import dev.scalable.testkit.load.Client;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The live feed over instances, behind Nginx: everybody hears of every sale, also who was cut off. */
@ClusterTest(app = Main.class, migrate = Migrate.class, instances = 2,
    env = {"STARTER_SAMPLE_PRODUCTS=10", "STARTER_SALES_CLEAR_EVERY=200ms"})
class FeedIT {

  private record Told(String type, String data) {}

  /** A listener as a browser is one: it knows the id of the last event, and names it on its return. */
  private static final class Listener implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final BufferedReader lines;
    private String lastId;

    private Listener(URI uri, @Nullable String lastId) throws IOException, InterruptedException {
      HttpRequest.Builder request = HttpRequest.newBuilder(uri.resolve("/sales")).timeout(Duration.ofSeconds(20));
      if (lastId != null) {
        request.header("Last-Event-ID", lastId);
      }
      HttpResponse<InputStream> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      assertThat(answer.statusCode()).isEqualTo(200);
      this.lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
      this.lastId = lastId == null ? "" : lastId;
      assertThat(next("listening")).isEqualTo("{}");
    }

    static Listener at(URI uri) throws Exception {
      return new Listener(uri, null);
    }

    /** This listener on its return, to another address. */
    Listener returnsTo(URI uri) throws Exception {
      close();
      return new Listener(uri, lastId);
    }

    /** The data of the next event of a type; those of other types are passed over. Null when the stream has ended. */
    @Nullable String next(String type) {
      Told told = next();
      while (told != null && !told.type().equals(type)) {
        told = next();
      }
      return told == null ? null : told.data();
    }

    /** The next event of any type; null when the stream has ended. */
    @Nullable Told next() {
      String event = "";
      String data = "";
      for (String line = line(); line != null; line = line()) {
        if (line.startsWith("id:")) {
          lastId = line.substring(3).strip();
        } else if (line.startsWith("event:")) {
          event = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          data = line.substring(5).strip();
        } else if (line.isEmpty() && !event.isEmpty()) {
          return new Told(event, data);
        }
      }
      return null;
    }

    /** The next line; null when there is none any more, in whatever way the connection has ended. */
    private @Nullable String line() {
      try {
        return lines.readLine();
      } catch (IOException e) {
        return null;
      }
    }

    List<String> sales(int count) {
      List<String> sales = new ArrayList<>();
      while (sales.size() < count) {
        String sale = next("sale");
        assertThat(sale).as("after " + sales).isNotNull();
        sales.add(sale);
      }
      return sales;
    }

    @Override
    public void close() {
      http.shutdownNow();
    }
  }

  private static void buy(Instance instance, String token, long product) {
    try (Client client = Client.open(instance.uri())) {
      Answer answer = client.send(Call.post("/orders", "{\"productId\":" + product + ",\"quantity\":1}")
          .header("Authorization", Tokens.shown(token)).header("Idempotency-Key", UUID.randomUUID().toString()));
      assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    }
  }

  private static String buyer(Cluster cluster) {
    try (Client client = Client.open(cluster.uri())) {
      return Tokens.open(client, "buyer");
    }
  }

  @Test
  void a_sale_on_one_instance_is_heard_on_all_of_them_and_through_the_balancer(Cluster cluster) throws Exception {
    String buyer = buyer(cluster);
    try (Listener one = Listener.at(cluster.instance(1).uri()); Listener two = Listener.at(cluster.instance(2).uri());
        Listener balanced = Listener.at(cluster.uri())) {
      buy(cluster.instance(1), buyer, 1);
      buy(cluster.instance(2), buyer, 2);
      List<String> heard = one.sales(2);
      assertThat(heard.getFirst()).contains("\"productId\":1").contains("\"quantity\":1");
      assertThat(heard.getLast()).contains("\"productId\":2");
      assertThat(two.sales(2)).isEqualTo(heard);
      assertThat(balanced.sales(2)).isEqualTo(heard);
    }
  }

  @Test
  void who_was_cut_off_hears_on_another_instance_what_was_sold_meanwhile_once_and_in_order(Cluster cluster)
      throws Exception {
    String buyer = buyer(cluster);
    try (Listener steady = Listener.at(cluster.instance(2).uri()); Listener before = Listener.at(cluster.instance(1).uri())) {
      buy(cluster.instance(1), buyer, 3);
      List<String> heard = new ArrayList<>(before.sales(1));
      cluster.instance(1).kill();
      assertThat(before.next("sale")).as("the stream has ended").isNull();
      for (int i = 0; i < 5; i++) {
        buy(cluster.instance(2), buyer, 3);
      }
      try (Listener after = before.returnsTo(cluster.instance(2).uri())) {
        buy(cluster.instance(2), buyer, 3);
        heard.addAll(after.sales(6));
      }
      assertThat(heard).isEqualTo(steady.sales(7));
    } finally {
      cluster.instance(1).start();
    }
  }

  @Test
  void who_has_missed_more_than_is_read_at_once_hears_all_of_it_and_then_what_is_new(Cluster cluster) throws Exception {
    String buyer = buyer(cluster);
    try (Listener before = Listener.at(cluster.instance(1).uri());
        var connection = cluster.postgres().dataSource().getConnection(); var statement = connection.createStatement()) {
      statement.executeUpdate("insert into sale (product_id, order_id, quantity, available)"
          + " select 6, 0, n, 0 from generate_series(1, 1200) as n");
      try (Listener after = before.returnsTo(cluster.instance(2).uri())) {
        buy(cluster.instance(1), buyer, 7);
        List<String> heard = after.sales(1_201);
        for (int i = 0; i < 1_200; i++) {
          assertThat(heard.get(i)).contains("\"quantity\":" + (i + 1) + ",");
        }
        assertThat(heard.getLast()).contains("\"productId\":7");
      }
    }
  }

  /** Counts what is heard since a place until it is enough. Who is cut off, being too slow, comes back as a browser does. */
  private static Void hear(URI uri, String since, AtomicInteger count, BooleanSupplier isEnough) throws Exception {
    Listener listener = new Listener(uri, since);
    while (!isEnough.getAsBoolean()) {
      if (listener.next("sale") == null) {
        listener = listener.returnsTo(uri);
      } else {
        count.incrementAndGet();
      }
    }
    listener.close();
    return null;
  }

  @Test
  void who_catches_up_with_much_keeps_nobody_else_waiting(Cluster cluster) throws Exception {
    int many = 150_000;
    String buyer = buyer(cluster);
    URI uri = cluster.instance(1).uri();
    AtomicBoolean over = new AtomicBoolean();
    List<AtomicInteger> heard = Stream.generate(AtomicInteger::new).limit(4).toList();
    try (var connection = cluster.postgres().dataSource().getConnection(); var statement = connection.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      // An old place: no transaction has such a number any more.
      statement.executeUpdate("insert into sale (transaction, product_id, order_id, quantity, available)"
          + " select '7', 9, 0, 1, 0 from generate_series(1, " + many + ")");
      try (Listener steady = Listener.at(uri)) {
        List<Future<?>> behind = new ArrayList<>();
        for (AtomicInteger count : heard) {
          behind.add(threads.submit(() -> hear(uri, "6-0", count, () -> over.get() || count.get() == many)));
        }
        while (heard.stream().anyMatch(count -> count.get() == 0)) {
          assertThat(behind).noneMatch(Future::isDone);
        }
        buy(cluster.instance(2), buyer, 9);
        assertThat(steady.sales(1).getFirst()).contains("\"productId\":9");
        assertThat(heard).as("of %s rows, when who had missed nothing was told what is new", many)
            .allSatisfy(count -> assertThat(count.get()).isLessThan(many / 2));
      } finally {
        over.set(true);
        threads.shutdownNow();
        statement.executeUpdate("delete from sale where transaction = '7'");
      }
    }
  }

  @Test
  void of_many_who_are_far_behind_some_are_told_to_come_back_as_each_holds_a_place_that_others_need(Cluster cluster)
      throws Exception {
    URI uri = cluster.instance(1).uri();
    AtomicBoolean over = new AtomicBoolean();
    CountDownLatch told = new CountDownLatch(1);
    try (var connection = cluster.postgres().dataSource().getConnection(); var statement = connection.createStatement();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      statement.executeUpdate("insert into sale (transaction, product_id, order_id, quantity, available)"
          + " select '7', 9, 0, 1, 0 from generate_series(1, 50000)");
      try {
        for (int i = 0; i < 40; i++) {
          Future<?> unused = threads.submit(() -> {
            while (!over.get()) {
              try (Listener listener = new Listener(uri, "6-0")) {
                for (Told next = listener.next(); next != null && !over.get(); next = listener.next()) {
                  if (next.type().equals("reconnect")) {
                    told.countDown();
                  }
                }
              }
            }
            return null;
          });
        }
        assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
      } finally {
        over.set(true);
        threads.shutdownNow();
        statement.executeUpdate("delete from sale where transaction = '7'");
      }
    }
  }

  @Test
  void old_sales_are_cleared_younger_ones_are_kept_and_who_asks_for_cleared_ones_is_told(Cluster cluster)
      throws Exception {
    try (var connection = cluster.postgres().dataSource().getConnection();
        var statement = connection.createStatement()) {
      statement.executeUpdate("insert into sale (transaction, product_id, order_id, quantity, available, at) values"
          + " ('3', 1, 0, 11, 0, now() - interval '25 hours'),"
          + " ('4', 1, 0, 12, 0, now() - interval '24 hours 1 minute'),"
          + " ('5', 1, 0, 13, 0, now() - interval '23 hours')");
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      String left = "";
      while (!left.equals("5")) {
        assertThat(System.nanoTime() - end).as("still there: transactions " + left).isNegative();
        try (var rows = statement.executeQuery(
            "select string_agg(transaction::text, ' ' order by id) from sale where transaction < '6'")) {
          rows.next();
          left = String.valueOf(rows.getString(1));
        }
      }
      try (Listener late = new Listener(cluster.instance(2).uri(), "3-1")) {
        assertThat(late.next()).isEqualTo(new Told("missed", "{}"));
        String horizon = late.lastId;
        assertThat(late.sales(1).getFirst()).contains("\"quantity\":13,");
        try (Listener justInTime = new Listener(cluster.instance(1).uri(), horizon)) {
          assertThat(justInTime.next()).as("nothing after it is cleared").extracting(Told::type).isEqualTo("sale");
        }
      }
      statement.executeUpdate("delete from sale where transaction = '5'");
    }
  }

  @Test
  void who_names_a_place_that_nobody_has_reached_hears_what_is_new(Cluster cluster) throws Exception {
    String buyer = buyer(cluster);
    try (Listener lost = new Listener(cluster.instance(1).uri(), "999999999999999999-1")) {
      buy(cluster.instance(2), buyer, 8);
      assertThat(lost.sales(1).getFirst()).contains("\"productId\":8");
    }
  }

  @Test
  void a_listener_is_told_to_come_back_when_its_instance_drains(Cluster cluster) throws Exception {
    try (Listener listener = Listener.at(cluster.instance(1).uri())) {
      Thread restart = Thread.ofVirtual().start(() -> cluster.instance(1).restart(Duration.ofSeconds(40)));
      assertThat(listener.next("reconnect")).isNotNull();
      assertThat(listener.next("sale")).isNull();
      restart.join();
    }
  }

  @Test
  void a_sale_that_is_committed_late_is_not_missed(Cluster cluster) throws Exception {
    String buyer = buyer(cluster);
    try (Listener listener = Listener.at(cluster.instance(1).uri());
        var slow = cluster.postgres().dataSource().getConnection(); var statement = slow.createStatement()) {
      slow.setAutoCommit(false);
      // It has its place in the journal before the next one, and is there after it.
      statement.executeUpdate("insert into sale (product_id, order_id, quantity, available) values (4, 0, 7, 0)");
      buy(cluster.instance(1), buyer, 5);
      slow.commit();
      List<String> heard = listener.sales(2);
      assertThat(heard.getFirst()).contains("\"quantity\":7");
      assertThat(heard.getLast()).contains("\"productId\":5");
    }
  }
}
