package io.meridiandb.paxos;

/** What an entry of the replicated log is for. Numbers are on disk and on the wire: append-only. */
public enum EntryKind {
  /** A command of the state machine. */
  COMMAND(1),
  /** The first entry of a leader: when it is chosen, all entries before it are (protocol G4). */
  LEADER_START(2),
  /** A change of the members; takes effect at append. */
  CONFIGURATION(3);

  /** {@link #values} makes a copy each time. */
  private static final EntryKind[] ALL = values();

  private final int number;

  EntryKind(int number) {
    this.number = number;
  }

  /** The registered number. */
  public int number() {
    return number;
  }

  /**
   * The kind with that number.
   *
   * @throws IllegalArgumentException if this version knows none
   */
  public static EntryKind of(int number) {
    for (EntryKind kind : ALL) {
      if (kind.number == number) {
        return kind;
      }
    }
    throw new IllegalArgumentException("log entry kind " + number + " is not known here");
  }
}
