package io.meridiandb.sql.session;

import io.meridiandb.kernel.Env;
import io.meridiandb.sql.catalog.CatalogCache;
import io.meridiandb.sql.catalog.Universe;
import io.meridiandb.sql.exec.MemoryPool;
import io.meridiandb.sql.plan.PlanCache;
import io.meridiandb.txn.gateway.Gateway;

/** What all sessions of a server share. */
record SessionServices(
    Env env,
    Gateway gateway,
    CatalogCache catalogs,
    PlanCache plans,
    MemoryPool memory,
    ServerInfo info,
    Universe universe) {}
