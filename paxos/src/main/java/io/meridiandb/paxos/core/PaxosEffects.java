package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import java.util.List;

/**
 * What the driver does after a step, in this order: hand {@code persist} to the log as one batch;
 * send {@code send} at once; apply {@code chosen}; act on {@code signals}. Once this batch and all
 * before it are durable: send {@code sendAfterPersist}, then feed {@link PaxosInput.Durable} with
 * {@code point} if {@code persist} was not empty.
 */
public record PaxosEffects(
    List<LogRecord> persist,
    DurablePoint point,
    List<Outgoing> sendAfterPersist,
    List<Outgoing> send,
    List<LogEntry> chosen,
    List<Signal> signals) {
  /** A message and where it goes; never to the replica itself. */
  public record Outgoing(ServerId to, PaxosMessage message) {}
}
