package dev.scalable.testkit.local;

import dev.scalable.testkit.backend.ClusterException;
import dev.scalable.testkit.run.CacheFolder;
import dev.scalable.testkit.run.CurrentUser;
import dev.scalable.testkit.run.Shell;
import dev.scalable.testkit.run.WorkFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * As whom PostgreSQL runs. It refuses to be root, and test machines and containers often are, so for root there is a
 * ladder: a user namespace in which root looks like nobody; where those are blocked (many container engines), another
 * account.
 */
sealed interface PostgresAccount {
  /** What to put before a command so that it runs in this account; each becomes the command, keeping its process id. */
  List<String> prefix();

  /** The cache folder that this account can read. */
  Path cache();

  /** Makes {@code path}, with all that is in it, the account's. */
  void own(Path path);

  /** The account that works on this machine. */
  static PostgresAccount find() {
    if (!CurrentUser.isRoot()) {
      return new Own();
    }
    PostgresAccount namespace = new Namespace();
    if (namespace.works()) {
      return namespace;
    }
    for (String user : List.of("postgres", "nobody")) {
      PostgresAccount other = new Other(user);
      if (other.works()) {
        return other;
      }
    }
    throw new ClusterException("PostgreSQL does not run as root, and neither `unshare -U true` (user namespaces) nor"
        + " `setpriv --reuid=postgres|nobody true` works here: run the tests as another user, or install util-linux");
  }

  /** Whether a command can be run in this account. */
  default boolean works() {
    List<String> command = new ArrayList<>(prefix());
    command.add("true");
    return Shell.succeeds(command);
  }

  /** The account of this JVM. */
  record Own() implements PostgresAccount {
    @Override
    public List<String> prefix() {
      return List.of();
    }

    @Override
    public Path cache() {
      return CacheFolder.path();
    }

    @Override
    public void own(Path path) {}
  }

  /** Root, but in a user namespace without a mapping, where every account of outside is seen as nobody. */
  record Namespace() implements PostgresAccount {
    @Override
    public List<String> prefix() {
      return List.of("unshare", "--user");
    }

    @Override
    public Path cache() {
      return CacheFolder.path();
    }

    @Override
    public void own(Path path) {}
  }

  /** Another account of this machine, which cannot look into root's home. */
  record Other(String user) implements PostgresAccount {
    @Override
    public List<String> prefix() {
      return List.of("setpriv", "--reuid=" + user, "--regid=" + group(), "--clear-groups", "--");
    }

    @Override
    public Path cache() {
      return WorkFolder.path().resolve("cache-" + user);
    }

    @Override
    public void own(Path path) {
      Shell.run(List.of("chown", "-R", user, path.toString())).outputOfSuccess();
    }

    private String group() {
      return Shell.run(List.of("id", "-g", user)).outputOfSuccess();
    }
  }
}
