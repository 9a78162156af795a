package io.meridiandb.spanserver.group;

import static io.meridiandb.spanserver.group.RegionServers.A;
import static io.meridiandb.spanserver.group.RegionServers.B;
import static io.meridiandb.spanserver.group.RegionServers.C;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.LockMode;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.TxnId;
import io.meridiandb.txn.gateway.Accounts;
import io.meridiandb.txn.gateway.Transaction;
import io.meridiandb.txn.gateway.TransactionOptions;
import io.meridiandb.txn.gateway.TransactionStatistics;
import io.meridiandb.wire.TimestampBound;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What each kind of transaction costs over the WAN, in virtual time over real Paxos, without
 * conflict and failure unless it says so: the table of protocol B, asserted and printed. The client
 * is in region A. R(A,B) = 80 ms, R(A,C) = 160 ms, R(B,C) = 120 ms; to the nearest majority it is
 * 80 ms from A and from B and 120 ms from C; clocks are known within 2 ms.
 */
class WanTableTest {
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int TIMES = 6;

  /** A leader whose clock is ahead has closed the time of a read a moment before the read began. */
  private static final long CLOCKS_MILLIS = 1;

  /** Disks, the way between strands, and commit wait where it shows. */
  private static final long LOCAL_MILLIS = 10;

  /** Of a read whose replica may ask the leader instead. */
  private static final int ANY_ROUNDS = -1;

  /**
   * What a kind costs.
   *
   * @param least in ms
   * @param most in ms, but for jitter and what is local
   * @param rounds over the WAN, as the gateway counts them
   */
  private record Cost(long least, long most, int rounds) {}

  /** Runs a transaction. */
  private interface Body {
    Transaction run();
  }

  private final List<ServerId> leaders = new ArrayList<>(List.of(A, A, B, C));
  private final List<String> table = new ArrayList<>();
  private RegionServers regions;
  private long sequence;

  WanTableTest() throws Exception {
    while (leaders.size() < 19) {
      leaders.add(A);
    }
    regions = new RegionServers(1, leaders);
  }

  private Transaction begin() {
    return begin(TransactionOptions.readWrite(0, DEADLINE));
  }

  private Transaction begin(TransactionOptions options) {
    return regions.gateway(A).begin(new TxnId(1, 1, ++sequence, 1), options);
  }

  private Transaction strong() {
    return begin(TransactionOptions.strongRead(DEADLINE));
  }

  private Transaction committed(Transaction t, long... written) {
    List<Mutation> rows = new ArrayList<>();
    for (long account : written) {
      rows.add(Mutation.put(regions.accounts.key(account), regions.accounts.row(account, 1)));
    }
    t.write(rows, false, Accounts.SCHEMA);
    t.commit(Accounts.SCHEMA);
    return t;
  }

  private Transaction readsAndCommits(int reads, long account) {
    Transaction t = begin();
    for (int i = 0; i < reads; i++) {
      regions.accounts.amount(t, account + i, LockMode.EXCLUSIVE);
    }
    return committed(t, account);
  }

  private Transaction read(Transaction t, long... accounts) {
    List<KeyRange> ranges =
        Arrays.stream(accounts).mapToObj(id -> KeyRange.point(regions.accounts.key(id))).toList();
    assertThat(regions.accounts.rows(t, ranges)).hasSize(accounts.length);
    return t;
  }

  /** A row that is written while a commit over two groups has it locked. */
  private Transaction behindATwoGroupCommit() {
    CompletableFuture<Boolean> first = new CompletableFuture<>();
    regions
        .world
        .server(A)
        .fibers()
        .start(
            "first",
            () -> {
              committed(begin(), 50, 150);
              first.complete(true);
            });
    regions.world.server(A).fibers().sleep(Duration.ofMillis(1));
    return committed(begin(), 150);
  }

  /**
   * Measures one kind.
   *
   * @param planned the row of protocol B with all that is planned, as a formula and in ms
   * @param now the same as it is built
   */
  private void measure(String kind, String planned, String now, Cost cost, Body body)
      throws Exception {
    List<Long> took = new ArrayList<>();
    List<TransactionStatistics> statistics = new ArrayList<>();
    for (int i = 0; i <= TIMES; i++) {
      regions.world.runFor(Duration.ofMillis(1_013 + 17L * i));
      Duration before = regions.world.elapsed();
      statistics.add(regions.at(A, () -> body.run().statistics()));
      took.add(regions.world.elapsed().minus(before).toMillis());
    }
    took.removeFirst(); // epochs and distances are learned
    took.sort(null);
    TransactionStatistics last = statistics.getLast();
    long most = cost.most;
    assertThat(took.getFirst())
        .as("%s: %s", kind, took)
        .isGreaterThanOrEqualTo(cost.least - CLOCKS_MILLIS);
    assertThat(took.getLast())
        .as("%s: %s", kind, took)
        .isLessThanOrEqualTo(most + most / 20 + LOCAL_MILLIS);
    if (cost.rounds != ANY_ROUNDS) {
      assertThat(last.wanRounds()).as(kind).isEqualTo(cost.rounds);
    }
    assertThat(last.commitWait()).as("%s: commit wait is overlapped", kind).isZero();
    table.add(
        "| %s | %s | %s | %d to %d ms | %d | %.1f ms |"
            .formatted(
                kind,
                planned,
                now,
                took.getFirst(),
                took.getLast(),
                last.wanRounds(),
                last.commitWait().toNanos() / 1e6));
  }

  /** An account in each of so many groups. */
  private static long[] ledInA(int groups) {
    return LongStream.concat(LongStream.of(0, 1), LongStream.range(4, 19))
        .limit(groups)
        .map(group -> 100 * group + 60)
        .toArray();
  }

  private static Cost cost(long millis, int rounds) {
    return new Cost(millis, millis, rounds);
  }

  @Test
  void roundsOverTheWanAndCommitWait() throws Exception {
    try (RegionServers all = regions) {
      all.at(A, () -> committed(begin(), 50, 51, 52, 150, 250, 251, 350));
      writes();
      severalGroups();
      reads();
      System.out.println(
          "| transaction, client in A | protocol B | built | measured | WAN rounds | commit wait |");
      System.out.println("|---|---|---|---|---|---|");
      table.forEach(System.out::println);
    }
  }

  private void writes() throws Exception {
    measure("1 row, leader in A", "ρ = 80", "ρ", cost(80, 1), () -> committed(begin(), 150));
    measure(
        "1 row, leader in B", "R = 80", "R + ρ = 160", cost(160, 2), () -> committed(begin(), 250));
    measure(
        "1 row, leader in C",
        "R = 160",
        "R + ρ = 280",
        cost(280, 2),
        () -> committed(begin(), 350));
    measure(
        "1 group, 3 locking reads, leader in A",
        "ρ = 80",
        "ρ",
        cost(80, 1),
        () -> readsAndCommits(3, 50));
    measure(
        "1 group, 2 locking reads, leader in B",
        "2R + R = 240; optimistic R = 80",
        "2R + R + ρ = 320",
        cost(320, 4),
        () -> readsAndCommits(2, 250));
  }

  private void severalGroups() throws Exception {
    measure(
        "2 groups, leaders in A", "ρ = 80", "ρ", cost(80, 1), () -> committed(begin(), 50, 150));
    measure(
        "2 groups, leaders in B and C",
        "max R = 160",
        "max (R + ρ) = 280",
        cost(280, 2),
        () -> committed(begin(), 250, 350));
    measure(
        "16 groups, leaders in A",
        "ρ = 80",
        "ρ",
        cost(80, 1),
        () -> committed(begin(), ledInA(16)));
    measure(
        "17 groups (explicit), leaders in A",
        "2ρ = 160",
        "2ρ",
        cost(160, 2),
        () -> committed(begin(), ledInA(17)));
    measure(
        "1 row, locked by a commit of 2 groups, leaders in A",
        "lock ρ, then ρ = 160",
        "lock 2ρ, then ρ = 240",
        new Cost(230, 240, 1),
        this::behindATwoGroupCommit);
  }

  private void reads() throws Exception {
    measure("strong read, leader in A", "0", "0", cost(0, 0), () -> read(strong(), 150));
    measure(
        "strong read, leader in B",
        "R/2 + tick = 40 to 60",
        "R/2 to R = 40 to 80",
        new Cost(40, 80, ANY_ROUNDS),
        () -> read(strong(), 250));
    measure(
        "strong read, leader in C",
        "R/2 + tick = 80 to 100",
        "R/2 to R = 80 to 160",
        new Cost(80, 160, ANY_ROUNDS),
        () -> read(strong(), 350));
    TimestampBound past = TimestampBound.ofExactStaleness(Duration.ofMillis(500));
    measure(
        "read 0.5 s old, leader in C",
        "0",
        "0",
        cost(0, 0),
        () -> read(begin(TransactionOptions.read(past, DEADLINE)), 350));
    measure(
        "read-only over 3 groups, leaders in A, B and C",
        "max (R/2 + tick) = 80 to 100",
        "max R/2 to R = 80 to 160",
        new Cost(80, 160, ANY_ROUNDS),
        () -> read(strong(), 150, 250, 350));
    measure(
        "read-write that has only read, leader in A",
        "0",
        "0",
        cost(0, 0),
        () -> {
          Transaction t = begin();
          regions.accounts.amount(t, 150, LockMode.SHARED);
          t.commit(Accounts.SCHEMA);
          return t;
        });
  }
}
