package io.meridiandb.paxos.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.membership.Quorum;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What is remembered of the ends of leases is what would be worked out anew (protocol C1, G1, G6):
 * after every step of random histories of elections, revocations, restarts and changes of members.
 */
final class LeaseHolderTest {
  private static final int HISTORIES = 300;
  private static final int STEPS = 120;
  private static final int SERVERS = 5;
  private static final int GROUPS = 4;
  private static final Lessee SELF = new Lessee(new ServerId(1), 1);

  private final Random random = new Random(7);
  private final long[] incarnations = new long[SERVERS + 1];
  private final long[] revocations = new long[SERVERS + 1];
  private LeaseHolder holder = new LeaseHolder(SELF, LeaseConfig.DEFAULT);
  private long now;
  private long held;

  @Test
  void rememberedEndsAreThoseWorkedOutAnew() {
    for (int history = 0; history < HISTORIES; history++) {
      holder = new LeaseHolder(SELF, LeaseConfig.DEFAULT);
      for (int step = 0; step < STEPS; step++) {
        step();
        for (int g = 0; g < GROUPS; g++) {
          Timestamp anew = holder.workedOut(new GroupId(g));
          assertThat(holder.leaseEnd(new GroupId(g)))
              .as("group %d of %s", g, holder)
              .isEqualTo(anew);
          held += anew.isAfter(Timestamp.MIN) ? 1 : 0;
        }
      }
    }
    assertThat(held).as("leases seen").isGreaterThan(HISTORIES * STEPS / 2);
  }

  private void step() {
    now++;
    GroupId group = new GroupId(random.nextInt(GROUPS));
    int voter = 1 + random.nextInt(SERVERS);
    switch (random.nextInt(16)) {
      case 0 -> holder.lead(group, ballot(), quorum());
      case 1 -> holder.requorum(group, quorum());
      case 2 -> {
        if (random.nextBoolean()) {
          holder.unlead(group);
        }
      }
      case 3 -> { // a restart of a voter
        incarnations[voter] += random.nextInt(2);
        revocations[voter] = 0;
      }
      case 4 -> revocations[voter] += random.nextInt(2);
      case 5, 6 -> confirm(voter, group);
      case 7, 8 -> everybody(each -> confirm(each, group));
      case 9, 10 -> everybody(each -> holder.onReply(new ServerId(each), reply(each, group)));
      default -> holder.onReply(new ServerId(voter), reply(voter, group));
    }
  }

  private static void everybody(IntConsumer task) {
    IntStream.rangeClosed(1, SERVERS).forEach(task);
  }

  private void confirm(int voter, GroupId group) {
    holder.confirm(group, ballot(), new ServerId(voter), counter(voter));
  }

  private LeaseReply reply(int voter, GroupId group) {
    LeaseCounter counter = counter(voter);
    boolean says = random.nextInt(4) == 0 && counter.revocations() > 0;
    return new LeaseReply(
        SELF,
        random.nextInt(5) == 0 ? Timestamp.MIN : new Timestamp(now + random.nextInt(50)),
        counter,
        says ? List.of(new Revocation(counter.revocations(), group, ballot())) : List.of(),
        random.nextInt(20) == 0,
        new Timestamp(now),
        Readiness.READY);
  }

  /** As it stands, or as it stood when an overtaken message was sent. */
  private LeaseCounter counter(int voter) {
    boolean late = random.nextInt(8) == 0;
    return new LeaseCounter(
        Math.max(0, incarnations[voter] - (late ? random.nextInt(2) : 0)),
        Math.max(0, revocations[voter] - (late ? 1 : 0)));
  }

  private static Ballot ballot() {
    return new Ballot(1, SELF.server(), SELF.incarnation());
  }

  private Quorum quorum() {
    List<SortedSet<ServerId>> sets = new ArrayList<>();
    sets.add(some());
    if (random.nextInt(3) == 0) {
      sets.add(some());
    }
    return new Quorum(sets);
  }

  private TreeSet<ServerId> some() {
    TreeSet<ServerId> servers = new TreeSet<>();
    servers.add(SELF.server());
    for (int i = 0; i < 2; i++) {
      servers.add(new ServerId(1 + random.nextInt(SERVERS)));
    }
    return servers;
  }
}
