package io.meridiandb.placement.master;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerIdentity;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.placement.metadata.Transactions;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.wire.MeridianException;
import java.time.Duration;
import java.util.Optional;

/**
 * One server's candidacy for one master, on a fiber of its own: takes the lease row when it is
 * free, renews it while it has it, and lets the duty run as long as the lease surely lasts. At most
 * one server is master of a name at any moment of absolute time, whatever the clocks say within
 * their bounds: the lease ends by TT.now().latest for its holder and by TT.now().earliest for all
 * others. A master holds no state: all may be dead, and data is read and written all the same.
 */
public final class MasterElection {
  /** What a master does. */
  public interface Duty {
    /**
     * Called on the election's fiber about once in {@link Timing#tick}, only while the lease lasts.
     * May wait, but what takes longer than the lease belongs on fibers of its own.
     */
    void run();
  }

  /**
   * How often and for how long.
   *
   * @param lease how long a lease lasts
   * @param tick how often it is looked at; less than a third of the lease
   */
  public record Timing(Duration lease, Duration tick) {
    /** A lost master is replaced within about 12 s. */
    public static final Timing DEFAULT = new Timing(Duration.ofSeconds(9), Duration.ofSeconds(3));
  }

  private static final Duration TRANSACTION_MAX = Duration.ofSeconds(5);

  private final Env env;
  private final TrueTime trueTime;
  private final Transactions transactions;
  private final ServerIdentity self;
  private final Timing timing;
  private volatile boolean stopped;

  /** Candidacies of one server. */
  public MasterElection(
      Env env, TrueTime trueTime, Transactions transactions, ServerIdentity self, Timing timing) {
    this.env = env;
    this.trueTime = trueTime;
    this.transactions = transactions;
    this.self = self;
    this.timing = timing;
  }

  /** Stands as a candidate from now on. */
  public void stand(String name, Duty duty) {
    env.fibers().start("master-" + name, () -> campaign(name, duty));
  }

  /** Lets all leases run out. */
  public void stop() {
    stopped = true;
  }

  private void campaign(String name, Duty duty) {
    Timestamp until = Timestamp.MIN;
    Transactions.Series renewals = transactions.series();
    while (!stopped) {
      try {
        boolean before = lasts(until);
        until = tryOnce(name, renewals);
        if (lasts(until)) {
          if (!before) {
            env.events()
                .event(Level.INFO, "placement.master", self.server() + " is " + name + " now");
          }
          duty.run();
        }
      } catch (MeridianException e) {
        env.events().count("placement.master.failed", 1);
        env.events().event(Level.DEBUG, "placement.master", name + " waits: " + e.getMessage());
      }
      env.fibers().sleep(timing.tick());
    }
  }

  private boolean lasts(Timestamp until) {
    return trueTime.now().latest().isBefore(until);
  }

  /** Looks at the lease, and takes or renews it if that is possible; until when it is ours. */
  private Timestamp tryOnce(String name, Transactions.Series renewals) {
    Optional<LeaseRow> seen =
        transactions.read(
            TRANSACTION_MAX,
            transaction -> Optional.ofNullable(LeaseRow.find(transaction, name, LockMode.NONE)));
    if (seen.isPresent() && !isMine(seen.get()) && !isOver(seen.get())) {
      return Timestamp.MIN;
    }
    return renewals.write(TRANSACTION_MAX, transaction -> take(transaction, name));
  }

  private Timestamp take(Transaction transaction, String name) {
    LeaseRow now = LeaseRow.find(transaction, name, LockMode.EXCLUSIVE);
    if (now != null && !isMine(now) && !isOver(now)) {
      return Timestamp.MIN;
    }
    boolean renewed = now != null && isMine(now);
    long epoch = (now == null ? 0 : now.epoch()) + (renewed ? 0 : 1);
    Timestamp until = trueTime.now().earliest().plus(timing.lease());
    new LeaseRow(name, self.server(), self.incarnation(), epoch, until).put(transaction);
    return until;
  }

  private boolean isMine(LeaseRow lease) {
    return lease.server().equals(self.server()) && lease.incarnation() == self.incarnation();
  }

  private boolean isOver(LeaseRow lease) {
    return trueTime.now().earliest().isAfter(lease.until());
  }
}
