package dev.scalable;

import dagger.Component;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.ElementsIntoSet;
import dev.scalable.cache.Caches;
import dev.scalable.cache.TwoTierCache;
import dev.scalable.db.Db;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Service;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;

/** The smallest app that uses all of the library: a cached row of a table, and a way to change it. */
public final class TinyService {

  private TinyService() {}

  record Note(long id, String text) {}

  @Module
  interface Notes {
    @Provides
    @Singleton
    static TwoTierCache<Long, Note> notes(Caches caches, Db db) {
      return caches.named("note", Long.class, Note.class).expireAfterWrite(Duration.ofMinutes(1))
          .build(id -> db.readPrimary(tx -> tx.handle().createQuery("select text from note where id = :id").bind("id", id)
              .mapTo(String.class).findOne().map(text -> new Note(id, text)).orElse(null)));
    }

    @Provides
    @ElementsIntoSet
    static Set<Route> routes(TwoTierCache<Long, Note> notes, Db db) {
      return Set.of(
          Route.get("/notes/{id}", notes, r -> r.pathLong("id"), Response::ok),
          Route.put("/notes/{id}", String.class, (r, text) -> db.write(tx -> {
            tx.handle().execute("create table if not exists note (id bigint primary key, text text not null)");
            tx.handle().execute("insert into note values (?, ?) on conflict (id) do update set text = excluded.text",
                r.pathLong("id"), text);
            notes.invalidate(tx, r.pathLong("id"));
            return Response.noContent();
          })));
    }
  }

  @Singleton
  @Component(modules = {ScalableModule.class, Notes.class})
  interface App {
    Service service();
  }

  /** Configured by the environment. */
  public static void main(String[] args) {
    DaggerTinyService_App.create().service().run();
  }
}
