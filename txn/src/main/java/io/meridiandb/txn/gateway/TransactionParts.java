package io.meridiandb.txn.gateway;

import io.meridiandb.txn.participant.CommitMode;

/**
 * What a read-write transaction works with.
 *
 * @param recovery ends what cannot be ended in the plain way
 * @param outcomes tells participants how it ended
 * @param modes chooses how many groups commit together
 */
record TransactionParts(
    GatewayContext context,
    GroupCaller caller,
    KeepAlives keepAlives,
    RecoveryDriver recovery,
    OutcomeCourier outcomes,
    CommitMode.Choice modes) {}
