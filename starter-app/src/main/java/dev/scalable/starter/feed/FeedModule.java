package dev.scalable.starter.feed;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dagger.multibindings.IntoSet;
import dev.scalable.config.Settings;
import dev.scalable.db.Db;
import dev.scalable.http.Description;
import dev.scalable.http.JsonCodec;
import dev.scalable.http.Response;
import dev.scalable.http.Route;
import dev.scalable.lifecycle.Part;
import jakarta.inject.Singleton;

/** The feature: its route, the thread that feeds its streams, and the one that clears the journal. */
@Module
public interface FeedModule {

  @Provides
  @Singleton
  static Feed feed(Db db, JsonCodec json) {
    return new Feed(db, json);
  }

  @Binds
  @IntoSet
  Part part(Feed feed);

  @Provides
  @IntoSet
  static Part clearing(Db db, Settings settings) {
    return Clearing.from(db, settings);
  }

  @Provides
  @IntoSet
  static Route route(Feed feed) {
    return Route.get("/sales", r -> Response.events(feed::open))
        .describedAs(Description.of("Every sale as it happens, as server-sent events; Last-Event-ID goes on from there,"
                + " after an event of type missed if sales since then are kept no longer")
            .header("Last-Event-ID", false, "id of the last event that was seen").answering(200));
  }
}
