package io.meridiandb.simulator.workload;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.simulator.client.LinkLost;
import io.meridiandb.simulator.client.SqlClient;
import io.meridiandb.simulator.client.SqlFailed;
import io.meridiandb.wire.Values;
import io.meridiandb.wire.proto.Type;
import io.meridiandb.wire.proto.Value;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transfers between accounts: the total is the same at every moment, in every strong read. */
public final class BankWorkload implements Workload {
  private static final int ACCOUNTS = 8;
  private static final long START_BALANCE = 100;
  private static final int AMOUNT_MAX = 20;
  private static final String TOTAL = "SELECT sum(balance), count(*) FROM accounts";

  private final Run run;

  /** Reports to {@code run}. */
  public BankWorkload(Run run) {
    this.run = run;
  }

  @Override
  public void setUp(SqlClient client) throws SqlFailed, LinkLost {
    client.execute(
        "CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)"
            + run.placementOf("accounts"));
    for (long id = 0; id < ACCOUNTS; id++) {
      client.execute("INSERT INTO accounts (id, balance) VALUES (?, ?)", of(id), of(START_BALANCE));
    }
  }

  @Override
  public void run(int number, SqlClient client) {
    RandomSource random = client.random().fork("bank");
    while (!run.isOver()) {
      if (random.chance(1, 4)) {
        checkTotal(run.query(client, TOTAL));
      } else {
        transfer(client, random);
      }
      client.pause(Duration.ofMillis(random.nextInt(60)));
    }
  }

  private void transfer(SqlClient client, RandomSource random) {
    long from = random.nextInt(ACCOUNTS);
    long to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    long amount = 1L + random.nextInt(AMOUNT_MAX);
    boolean byReading = random.chance(1, 2);
    run.ended(
        client.transaction(transaction -> {
          add(transaction, from, -amount, byReading);
          add(transaction, to, amount, byReading);
        }));
  }

  private static void add(SqlClient client, long account, long amount, boolean byReading)
      throws SqlFailed, LinkLost {
    if (byReading) {
      List<List<Value>> rows =
          client.execute("SELECT balance FROM accounts WHERE id = ?", of(account)).rows();
      long balance = rows.getFirst().getFirst().getInteger();
      client.execute(
          "UPDATE accounts SET balance = ? WHERE id = ?", of(balance + amount), of(account));
    } else {
      client.execute(
          "UPDATE accounts SET balance = balance + ? WHERE id = ?", of(amount), of(account));
    }
  }

  @Override
  public void check(SqlClient client) {
    checkTotal(run.surely(client, TOTAL));
  }

  private void checkTotal(@Nullable List<List<Value>> rows) {
    if (rows == null) {
      return;
    }
    String total = number(rows.getFirst().getFirst());
    long count = rows.getFirst().getLast().getInteger();
    if (!total.equals(String.valueOf(ACCOUNTS * START_BALANCE)) || count != ACCOUNTS) {
      run.violation(
          "bank: %d accounts hold %s, not %d accounts %d"
              .formatted(count, total, ACCOUNTS, ACCOUNTS * START_BALANCE));
    }
  }

  /** A sum travels as a whole number or as text, by its type. */
  private static String number(Value value) {
    return value.hasText() ? value.getText() : String.valueOf(value.getInteger());
  }

  private static Value of(long value) {
    return Values.ofInteger(Type.Kind.BIGINT, value);
  }
}
