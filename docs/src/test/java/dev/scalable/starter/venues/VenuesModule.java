package dev.scalable.starter.venues;

import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.auth.Bearer;
import dev.scalable.cache.Caches;
import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.http.Filter;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.idempotency.Idempotent;
import dev.scalable.starter.access.AccessModule;
import dev.scalable.starter.access.SignedIn;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jspecify.annotations.Nullable;

@Module
public interface VenuesModule {
  record Venue(String name, int seats) {
    public Venue {
      if (name == null || name.isBlank() || seats < 0) {
        throw new IllegalArgumentException("a venue has a name, and seats that are not negative");
      }
    }
  }

  @RegisterConstructorMapper(Venue.class)
  interface Venues {
    @SqlQuery("select name, seats from venue where id = :id")
    @Nullable Venue find(long id);

    @SqlUpdate("insert into venue (id, name, seats) values (:id, :name, :seats)"
        + " on conflict (id) do update set name = :name, seats = :seats")
    void save(long id, String name, int seats);
  }

  @Provides @Singleton static TwoTierCache<Long, Venue> venues(Caches caches, Db db) {
    return caches.named("venue", Long.class, Venue.class).expireAfterWrite(Duration.ofMinutes(10))
        .build(id -> db.readPrimary(tx -> tx.dao(Venues.class).find(id)));
  }

  @Provides @ElementsIntoSet static Set<Route> routes(
      TwoTierCache<Long, Venue> venues, Idempotent idempotent, @SignedIn Filter signedIn) {
    return Set.of(
        Route.get("/venues/{id}", venues, r -> r.pathLong("id"), Response::ok),
        idempotent.withOptionalKey().put("/venues/{id}", Venue.class, (tx, r, venue) -> {
          venues.invalidate(tx, r.pathLong("id"));
          tx.dao(Venues.class).save(r.pathLong("id"), venue.name(), venue.seats());
          return Response.ok(venue);
        }).with(signedIn, Bearer.scope(AccessModule.MERCHANT)));
  }
}
