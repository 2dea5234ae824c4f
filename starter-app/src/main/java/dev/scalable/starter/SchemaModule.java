package dev.scalable.starter;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.db.Db;
import dev.scalable.health.HealthCheck;
import dev.scalable.schema.SchemaCheck;
import java.util.Set;

/** Says which schema an instance needs: it does not become ready before the migration step has made it. */
@Module
interface SchemaModule {

  /** That of the last migration without which an instance could not work; one that only adds an index is none. */
  String NEEDED = "4";

  /** The same of what the library keeps in the database: keys of repeatable writes (1), announced invalidations (2). */
  String NEEDED_BY_LIBRARY = "2";

  @Provides
  @ElementsIntoSet
  static Set<HealthCheck> schemas(Db db) {
    String command = "java -cp APP " + Migrate.class.getName() + " with the settings of this instance";
    return Set.of(SchemaCheck.atLeast(db, NEEDED, command), SchemaCheck.ofLibrary(db, NEEDED_BY_LIBRARY, command));
  }
}
