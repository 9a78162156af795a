package io.meridiandb.paxos.lease;

/** Whether a server can lead a group that is handed over to it (protocol G2, G7). */
public enum Readiness {
  /** It may promise the group to itself at once. */
  READY,
  /** Soon: it has just started, and leases that it gave before may still be running. */
  SILENT,
  /** No more: it is about to end. It goes on voting. */
  LEAVING
}
