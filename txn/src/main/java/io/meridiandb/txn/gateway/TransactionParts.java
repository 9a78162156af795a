package io.meridiandb.txn.gateway;

/**
 * What a read-write transaction works with.
 *
 * @param recovery ends what cannot be ended in the plain way
 * @param outcomes tells participants how it ended
 */
record TransactionParts(
    GatewayContext context,
    GroupCaller caller,
    KeepAlives keepAlives,
    RecoveryDriver recovery,
    OutcomeCourier outcomes) {}
