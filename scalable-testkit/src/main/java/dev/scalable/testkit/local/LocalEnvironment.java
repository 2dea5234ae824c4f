package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.BackendProvider;
import dev.scalable.testkit.backend.Capability;
import dev.scalable.testkit.backend.Environment;
import dev.scalable.testkit.backend.Front;
import dev.scalable.testkit.backend.Launch;
import dev.scalable.testkit.backend.Node;
import dev.scalable.testkit.backend.NodeLog;
import dev.scalable.testkit.backend.Place;
import dev.scalable.testkit.backend.Store;
import dev.scalable.testkit.run.Run;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One cluster's processes on this machine, all on the loopback address. */
final class LocalEnvironment implements Environment {
  private final Run run;
  private final AppLauncher apps;
  private final Map<String, String> balancerTemplate;
  private volatile @Nullable NginxBinary nginx;

  private LocalEnvironment(Run run, AppLauncher apps, Map<String, String> balancerTemplate) {
    this.run = run;
    this.apps = apps;
    this.balancerTemplate = balancerTemplate;
  }

  static LocalEnvironment open(BackendProvider.Request request) {
    Run run = Run.begin(request.keepDirectory(), request.keepData());
    try {
      return new LocalEnvironment(run, AppLauncher.in(run), request.balancerTemplate());
    } catch (RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  /** The address of what listens on {@code port} of this machine. */
  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The HTTP address of what listens on {@code port} of this machine. */
  static URI http(int port) {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public String description() {
    return "processes of this machine, Java " + System.getProperty("java.version")
        + untested(System.getProperty("os.name"), Run.knowsCpuTime());
  }

  /** What there is to know of a system that is no Linux; nothing of one that is. */
  static String untested(String system, boolean knowsCpuTime) {
    Set<Capability> missing = EnumSet.complementOf(EnumSet.copyOf(capabilities(knowsCpuTime)));
    return (system.equals("Linux") ? "" : ", on " + system + ", where the testkit is not tested")
        + (missing.isEmpty() ? "" : ", without " + missing);
  }

  @Override
  public Set<Capability> capabilities() {
    return capabilities(Run.knowsCpuTime());
  }

  /** All, but where ended children cannot be counted, PostgreSQL's processor time would be a fraction of the truth. */
  static Set<Capability> capabilities(boolean knowsCpuTime) {
    EnumSet<Capability> known = EnumSet.allOf(Capability.class);
    if (!knowsCpuTime) {
      known.remove(Capability.CPU_TIME);
    }
    return Collections.unmodifiableSet(known);
  }

  @Override
  public void prepare() {
    nginx = NginxBinary.find();
  }

  @Override
  public Store.Postgres postgres(@Nullable Path data) {
    return PostgresServer.start(run, data, PostgresAccount.find());
  }

  @Override
  public Store redis(@Nullable Path data) {
    return RedisServer.start(run, data);
  }

  @Override
  public InetAddress reachableByApps() {
    return InetAddress.getLoopbackAddress();
  }

  @Override
  public Place place(int number) {
    int port = run.reservePort();
    return new Place(number, "app-" + number, http(port), "127.0.0.1", port, loopback(port));
  }

  @Override
  public Node launch(Place place, Launch launch) {
    return apps.launch(launch);
  }

  @Override
  public void run(Launch launch, Duration limit) {
    apps.run(launch, limit);
  }

  @Override
  public Front balancer(List<Place> places, int port) {
    NginxBinary found = nginx;
    return NginxServer.start(
        run, found == null ? NginxBinary.find() : found, places.stream().map(Place::upstream).toList(), port,
        balancerTemplate);
  }

  @Override
  public Path directory() {
    return run.directory();
  }

  @Override
  public void keepDirectory() {
    run.keepDirectory();
  }

  @Override
  public List<NodeLog> logs() {
    return run.logs();
  }

  @Override
  public List<String> strays() {
    return run.strays();
  }

  @Override
  public void close() {
    run.close();
  }
}
