package dev.scalable.deploy.kubernetes;

import dev.scalable.db.DbSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All instances find room at the database or its pooler, the pooler finds it at the database, and every secret comes
 * from somewhere.
 */
final class Connections implements Check {

  /** {@code superuser_reserved_connections} unless set. */
  private static final int RESERVED = 3;
  private static final Pattern CREATED = Pattern.compile("create secret (?:generic|tls) ([a-z0-9-]+)");

  @Override
  public List<Finding> of(Manifests manifests) {
    Findings findings = new Findings();
    Workload app = manifests.app();
    DbSettings db = Instance.of(app, manifests).db();
    Place place = app.placeOf("SCALABLE_DB_URL", manifests);
    int most = Availability.most(app, manifests);
    String host = host(db.url());
    Optional<Resource> pooler = manifests.one("Pooler", host);
    Optional<Resource> cluster = manifests.of("Cluster")
        .filter(candidate -> host.equals(candidate.name() + "-rw")).findFirst();
    if (pooler.isPresent()) {
      pooled(app, db, most, pooler.get(), manifests, findings);
    } else if (cluster.isPresent()) {
      fits(cluster.get(), most + " instances with " + db.poolSize() + " connections each", most * db.poolSize(), db,
          findings);
      if (db.limits() != DbSettings.Limits.CONNECTION) {
        findings.add(place,
            "%s sends its limits with each transaction, which costs a round trip and is for poolers", app);
      }
    } else if (manifests.of("Cluster").findAny().isPresent()) {
      findings.add(place,
          "%s connects to %s, which is neither a Pooler nor the -rw service of a Cluster here", app, host);
    }
    if (db.instances() > 0 && db.instances() < most) {
      findings.add(app.placeOf("SCALABLE_INSTANCES", manifests),
          "SCALABLE_INSTANCES is %s, and there may be %s with the new ones of a rollout", db.instances(), most);
    }
    manifests.workload("app-migrate").ifPresent(migrate -> migration(migrate, manifests, findings));
    manifests.workload("app-redis").ifPresent(redis -> memory(redis, findings));
    secrets(manifests, findings);
    return findings.all();
  }

  private static String host(URI url) {
    return URI.create(url.toString().replaceFirst("^jdbc:", "")).getHost();
  }

  private static void pooled(Workload app, DbSettings db, int most, Resource pooler, Manifests manifests,
      Findings findings) {
    Node document = pooler.document();
    int poolers = document.number("spec", "instances").orElse(1);
    int clients = document.number("spec", "pgbouncer", "parameters", "max_client_conn").orElse(100);
    int servers = document.number("spec", "pgbouncer", "parameters", "default_pool_size").orElse(20);
    Place parameters = document.placeOf("spec", "pgbouncer", "parameters");
    if (most * db.poolSize() > clients * Math.max(1, poolers - 1)) {
      findings.add(document.placeOf("spec", "pgbouncer", "parameters", "max_client_conn"),
          "%s instances with %s connections each are more than %s takes while one of its %s pods is away: %s",
          most, db.poolSize(), pooler, poolers, clients * Math.max(1, poolers - 1));
    }
    if (!document.text("spec", "pgbouncer", "poolMode").orElse("session").equals("transaction")
        || db.limits() != DbSettings.Limits.TRANSACTION) {
      findings.add(document.placeOf("spec", "pgbouncer", "poolMode"),
          "%s is in mode %s and %s has SCALABLE_DB_LIMITS=%s: both have to be transaction",
          pooler, document.text("spec", "pgbouncer", "poolMode").orElse("session"), app, db.limits());
    }
    if (document.number("spec", "pgbouncer", "parameters", "max_prepared_statements").orElse(0) < 1) {
      findings.add(parameters,
          "%s has no max_prepared_statements: what the driver prepares fails after a few uses", pooler);
    }
    int wait = document.number("spec", "pgbouncer", "parameters", "query_wait_timeout").orElse(120);
    if (wait > db.statementTimeout().toSeconds() + 5) {
      findings.add(document.placeOf("spec", "pgbouncer", "parameters", "query_wait_timeout"),
          "%s lets a transaction wait for %s s, and the driver takes it for lost before", pooler, wait);
    }
    manifests.one("Cluster", document.text("spec", "cluster", "name").orElse("")).ifPresentOrElse(
        cluster -> fits(cluster, poolers + " pods of " + pooler + " with " + servers + " connections each",
            poolers * servers, db, findings),
        () -> findings.add(document.placeOf("spec", "cluster"), "%s leads to a Cluster that there is not", pooler));
  }

  private static void fits(Resource cluster, String who, int needed, DbSettings db, Findings findings) {
    int max = cluster.document().number("spec", "postgresql", "parameters", "max_connections").orElse(100);
    if (needed + db.reserve() + RESERVED > max) {
      findings.add(cluster.document().placeOf("spec", "postgresql", "parameters", "max_connections"),
          "%s, %s for others and %s for superusers are more than %s has: %s",
          who, db.reserve(), RESERVED, cluster, max);
    }
  }

  private static void migration(Workload migrate, Manifests manifests, Findings findings) {
    DbSettings db = Instance.of(migrate, manifests).db();
    if (manifests.of("Pooler").anyMatch(pooler -> pooler.name().equals(host(db.url())))) {
      findings.add(migrate.placeOf("SCALABLE_DB_URL", manifests),
          "%s takes its lock through a pooler in transaction mode, which loses it: the -rw service instead", migrate);
    }
  }

  private static void memory(Workload redis, Findings findings) {
    List<String> args = redis.container().items("args").stream().map(arg -> arg.text().orElse("")).toList();
    long limit = Spans.mebibytes(redis.container().text("resources", "limits", "memory").orElse("0Mi"));
    long data = args.contains("--maxmemory") ? Spans.mebibytes(args.get(args.indexOf("--maxmemory") + 1))
        : Long.MAX_VALUE / 2;
    if (data * 3 / 2 > limit) {
      findings.add(redis.container().placeOf("resources"),
          "%s may hold %s MiB and is killed at %s: leave half as much again for clients and fragmentation",
          redis, data, limit);
    }
    if (args.stream().anyMatch(arg -> arg.startsWith("allkeys"))) {
      findings.add(redis.container().placeOf("args"),
          "%s may throw the log of invalidations away: volatile-lru", redis);
    }
  }

  /** Made by an operator for what is here, or by a command in the README. */
  private static void secrets(Manifests manifests, Findings findings) {
    Set<String> made = manifests.of("Cluster").map(Resource::name)
        .flatMap(cluster -> Stream.of(cluster + "-app", cluster + "-ca")).collect(Collectors.toSet());
    Matcher command = CREATED.matcher(readme(manifests.root()));
    while (command.find()) {
      made.add(command.group(1));
    }
    manifests.of("Secret").forEach(secret -> findings.add(secret.document().place(),
        "%s is in these files: make it in the cluster, and refer to it", secret));
    manifests.resources().stream().flatMap(resource -> resource.document().all()).forEach(node ->
        List.of("secretName", "secretKeyRef", "secretRef").forEach(key ->
            node.text(key).or(() -> node.text(key, "name")).filter(name -> !made.contains(name)).ifPresent(name ->
                findings.add(node.placeOf(key),
                    "refers to the Secret %s, which neither a Cluster makes nor a command in kubernetes/README.md",
                    name))));
  }

  private static String readme(Path root) {
    try {
      return Files.readString(root.resolve("kubernetes/README.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
