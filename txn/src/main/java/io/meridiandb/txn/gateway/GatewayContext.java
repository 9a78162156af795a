package io.meridiandb.txn.gateway;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.truetime.TrueTime;

/**
 * What gateways stand on.
 *
 * @param strand where answers arrive and timers run
 * @param random what back-off times are drawn from; only ever forked, so any fiber may use it
 */
record GatewayContext(
    Env env,
    TrueTime trueTime,
    Messenger messenger,
    Router router,
    Strand strand,
    RandomSource random) {}
