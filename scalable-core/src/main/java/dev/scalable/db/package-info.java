/**
 * PostgreSQL: a bounded pool behind a fair gate, transactions that are passed and not looked up, outcomes that say when they are
 * unknown. The only importer of HikariCP; Jdbi's Handle and SqlObject may show in what users write. Knows neither the server nor
 * the cache.
 */
@API(status = API.Status.MAINTAINED)
@NullMarked
package dev.scalable.db;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
