package io.meridiandb.txn.participant;

/**
 * What a participant is made of on every replica, whether it leads or not.
 *
 * @param context its surroundings
 * @param ownership which keys the group owns
 * @param recovery ends transactions whose gateways have fallen silent
 * @param state the replicated state
 * @param schema which schema version holds
 * @param rules which amendments hold
 */
record Base(
    ParticipantContext context,
    Ownership ownership,
    Recovery recovery,
    GroupState state,
    SchemaGate schema,
    Rules rules) {}
