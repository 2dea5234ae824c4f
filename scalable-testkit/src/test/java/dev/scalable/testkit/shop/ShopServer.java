package dev.scalable.testkit.shop;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The shop: one process, told by its environment ({@link ShopSettings}) where it listens and what its bugs are.
 *
 * <pre>
 * GET  /health/ready             POST /counters/{name}         PUT  /sets/{name}/{number}
 * GET  /products/{id}            GET  /counters/{name}         GET  /sets/{name}
 * PUT  /products/{id}   price    GET  /registers/{key}         POST /tickets
 * POST /orders  product quantity PUT  /registers/{key}  value  POST /calls/{client}
 * GET  /stock/{id}               POST /registers/{key}  from to
 * POST /carts                    POST /notes  note
 * GET  /carts/{cart}             GET  /notes/{number}
 * PUT  /carts/{cart}/{id}  quantity
 * PUT  /bugs            the body is a list of bugs, the only ones this instance has from then on; forgets its memory
 * </pre>
 */
public final class ShopServer {
  private static final Duration DRAIN_LIMIT = Duration.ofSeconds(20);
  private static final Duration SLOWNESS = Duration.ofMillis(300);

  private final Bugs bugs;
  private final Pool pool;
  private final Products products;
  private final Orders orders;
  private final Carts carts;
  private final Counters counters;
  private final Registers registers;
  private final Sets sets;
  private final Notes notes;

  private ShopServer(ShopSettings settings, Bugs bugs) {
    this.bugs = bugs;
    this.pool = new Pool(settings.jdbcUrl(), settings.databaseUser(), settings.databasePassword(), bugs);
    Redis redis = new Redis(settings.redis());
    this.products = new Products(pool, redis, bugs);
    this.orders = new Orders(pool, bugs);
    this.carts = new Carts(pool, bugs);
    this.counters = new Counters(pool, redis, bugs);
    this.registers = new Registers(pool, bugs);
    this.sets = new Sets(pool, bugs);
    this.notes = new Notes(pool, bugs, Path.of("notes-of-" + settings.instance()));
  }

  /** Serves until SIGTERM, and ends with 0 when all is answered. */
  public static void main(String[] args) throws IOException {
    ShopSettings settings = ShopSettings.ofEnvironment();
    Bugs bugs = new Bugs(settings.bugs());
    ShopServer shop = new ShopServer(settings, bugs);
    HttpLoop loop = new HttpLoop(settings, shop::answer, bugs);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      if (!bugs.has(Bug.DRAIN_OFF)) {
        loop.drain(DRAIN_LIMIT);
      }
      Runtime.getRuntime().halt(0);
    }));
    System.out.println(settings.instance() + " listens on " + settings.port() + " with the bugs " + bugs);
    loop.serve();
  }

  private Reply answer(Received request) throws Exception {
    String[] path = request.path().split("/", 3);
    String area = path.length > 1 ? path[1] : "";
    if (bugs.has(Bug.SLOW) && !area.equals("health") && !area.equals("bugs")) {
      LockSupport.parkNanos(SLOWNESS.toNanos());
    }
    return switch (request.method() + " " + area) {
      case "GET health" -> Reply.ok("{}");
      case "GET products" -> products.read(request);
      case "PUT products" -> products.write(request);
      case "POST orders" -> orders.place(request);
      case "GET stock" -> orders.stock(request);
      case "PUT stock" -> orders.restock(request);
      case "GET carts" -> carts.read(request);
      case "POST carts" -> carts.open();
      case "PUT carts" -> carts.put(request);
      case "GET counters" -> counters.read(request);
      case "POST counters" -> counters.increment(request);
      case "GET registers" -> registers.read(request);
      case "PUT registers" -> registers.write(request);
      case "POST registers" -> registers.compareAndSet(request);
      case "GET sets" -> sets.read(request);
      case "PUT sets" -> sets.add(request);
      case "POST tickets" -> counters.ticket();
      case "POST calls" -> counters.call(request);
      case "GET notes" -> notes.read(request);
      case "POST notes" -> notes.write(request);
      case "PUT bugs" -> become(request.body());
      default -> throw new Refused(404, "nothing at " + request.method() + " " + request.path());
    };
  }

  private Reply become(String labels) {
    bugs.become(Bugs.parse(labels));
    products.forget();
    carts.forget();
    counters.forget();
    registers.forget();
    pool.reset();
    return Reply.noContent();
  }
}
