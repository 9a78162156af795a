package io.meridiandb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.row.schema.SchemaVersion;
import io.meridiandb.sql.catalog.Catalog;
import io.meridiandb.sql.catalog.CatalogCache;
import org.junit.jupiter.api.Test;

/**
 * Guards how a server learns of a newer schema. A statement of which a client has rows already
 * cannot run again: it fails, and if the old catalog stayed, so would every later run of it (sweep,
 * seed 5).
 */
class CatalogCacheTest {
  @Test
  void aCatalogThatIsTooOldIsReadAnewWhenItIsNextAskedFor() {
    FakeGateway gateway = new FakeGateway();
    CatalogCache cache = new CatalogCache(gateway, new SeededRandom(1));
    Catalog first = cache.current();
    cache.outdatedBy(first.version());
    assertThat(cache.current()).isSameAs(first);
    int loads = gateway.begun.size();
    cache.outdatedBy(new SchemaVersion(first.version().value() + 1));
    assertThat(gateway.begun).hasSize(loads); // nothing is waited for
    assertThat(cache.current()).isNotSameAs(first);
    assertThat(gateway.begun).hasSize(loads + 1);
  }
}
