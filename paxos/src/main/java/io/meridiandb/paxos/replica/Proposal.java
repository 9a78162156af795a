package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import java.util.concurrent.CompletableFuture;

/**
 * A command that a leader has appended.
 *
 * @param ballot the term it was appended in
 * @param index its place in the log
 * @param timestamp what was assigned to it
 * @param chosen completes on the server strand with the index once the entry is chosen and this
 *     replica's state machine has applied it; fails with {@link LeadershipLostException} if the
 *     leadership ended first: whether it will be chosen is then unknown
 */
public record Proposal(
    Ballot ballot, long index, Timestamp timestamp, CompletableFuture<Long> chosen) {}
