package io.meridiandb.simulator.client;

/** The connection broke, or gave no answer in time. */
public final class LinkLost extends Exception {
  private static final long serialVersionUID = 1;

  LinkLost(String reason) {
    super(reason);
  }
}
