package io.meridiandb.kernel.id;

/** A Paxos group's number within its universe; group 0 holds the catalog. Never reused. */
public record GroupId(long value) implements Comparable<GroupId> {
  /** The first group of every universe: it holds the catalog and the location metadata. */
  public static final GroupId ZERO = new GroupId(0);

  @Override
  public int compareTo(GroupId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return "group-" + value;
  }
}
