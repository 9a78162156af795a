package io.meridiandb.simulator.check;

import java.util.List;

/**
 * Something a history shows that must not be.
 *
 * @param what the anomaly's name
 * @param why one sentence with the keys and values
 * @param transactions those that show it
 */
public record Finding(String what, String why, List<Txn> transactions) {
  public Finding {
    transactions = List.copyOf(transactions);
  }

  @Override
  public String toString() {
    return what + ": " + why + " " + transactions;
  }
}
