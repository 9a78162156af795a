package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the driver has to know besides messages and records. */
public sealed interface Signal {
  /**
   * Elected; nothing is served yet. All later timestamps must be above {@code floor}. {@code
   * inherited} is what the leader just before has shipped; null after any other change.
   */
  record Elected(
      Ballot ballot,
      long startIndex,
      Timestamp floor,
      @Nullable Inheritance inherited,
      Campaign campaign)
      implements Signal {}

  /**
   * How long a candidacy took, by this server's clock.
   *
   * @param promise until the own promise was durable
   * @param votes from then on until enough others had promised, and their log was here
   */
  record Campaign(Duration promise, Duration votes) {}

  /** LEADER_START is chosen and the lease is held: serve (protocol G4). */
  record Serving(Ballot ballot, long startIndex) implements Signal {}

  /** Leads no longer. Comes once after each {@link Elected}. */
  record Stopped(Ballot ballot) implements Signal {}

  /** A planned hand-over begins: nothing is appended any more. */
  record HandingOver(@Nullable ServerId target) implements Signal {}

  /** A planned hand-over: everything is chosen; stop serving and resign. */
  record Drained(@Nullable ServerId target) implements Signal {}

  /** The lease has been out too long: stop serving and resign. */
  record Leaseless() implements Signal {}

  /** The members cannot be changed to {@code target}; nothing of it is in the log. */
  record ChangeFailed(ReplicaSet target, String reason) implements Signal {}

  /** {@code target} are the members, and enough of them will remember it. */
  record ChangeDone(ReplicaSet target) implements Signal {}

  /**
   * This replica has been told that it is no member any more: {@code members} are, by a chosen
   * entry.
   */
  record Removed(Configuration members) implements Signal {}

  /**
   * Read entries {@code from..to} from the log, at least one, and not many more bytes than {@code
   * bytesMax}; {@link PaxosInput.EntriesRead} must follow. They are chosen, and were handed to the
   * log before.
   */
  record ReadEntries(long from, long to, long bytesMax) implements Signal {}

  /** The leader says that nobody needs this replica any more: it may be closed. */
  record Dispensable() implements Signal {}

  /** {@code server} lacks entries that are no longer in the log: it needs a checkpoint. */
  record InstallNeeded(ServerId server) implements Signal {}
}
