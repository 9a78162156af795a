package io.meridiandb.paxos.membership;

import io.meridiandb.kernel.id.ServerId;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The servers that have a replica of a group, by what the replica does (DESIGN 4). Each server is
 * in one of the sets at most.
 */
public final class ReplicaSet {
  /** What a server's replica does. */
  public enum Kind {
    FULL,
    WITNESS,
    READ_ONLY
  }

  private final SortedSet<ServerId> full;
  private final SortedSet<ServerId> witnesses;
  private final SortedSet<ServerId> readOnly;
  private final SortedSet<ServerId> voters;
  private final SortedSet<ServerId> dataHolders;
  private final SortedSet<ServerId> all;

  /**
   * Checks and copies.
   *
   * @param full vote, hold the data, may lead; at least one
   * @param witnesses vote and hold the log, but no data; never lead
   * @param readOnly hold the data and serve reads; never count for anything
   * @throws IllegalArgumentException if nobody could lead, or a server stands in two sets
   */
  public ReplicaSet(
      SortedSet<ServerId> full, SortedSet<ServerId> witnesses, SortedSet<ServerId> readOnly) {
    this.full = copy(full);
    this.witnesses = copy(witnesses);
    this.readOnly = copy(readOnly);
    this.voters = union(full, witnesses);
    this.dataHolders = union(full, readOnly);
    this.all = union(voters, readOnly);
    if (full.isEmpty()) {
      throw new IllegalArgumentException("a group needs at least one full replica");
    }
    if (all.size() != full.size() + witnesses.size() + readOnly.size()) {
      throw new IllegalArgumentException(
          "a server has one replica of a group, but there are full %s, witnesses %s, read-only %s"
              .formatted(full, witnesses, readOnly));
    }
  }

  private static SortedSet<ServerId> copy(SortedSet<ServerId> servers) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(servers));
  }

  /** Full replicas only. */
  public static ReplicaSet ofFull(Collection<ServerId> servers) {
    return of(servers, List.of(), List.of());
  }

  /** From any collections; the order does not matter. */
  public static ReplicaSet of(
      Collection<ServerId> full, Collection<ServerId> witnesses, Collection<ServerId> readOnly) {
    return new ReplicaSet(new TreeSet<>(full), new TreeSet<>(witnesses), new TreeSet<>(readOnly));
  }

  /** Vote, hold the data, may lead; at least one. */
  public SortedSet<ServerId> full() {
    return full;
  }

  /** Vote and hold the log, but no data; never lead. */
  public SortedSet<ServerId> witnesses() {
    return witnesses;
  }

  /** Hold the data and serve reads; never count for anything. */
  public SortedSet<ServerId> readOnly() {
    return readOnly;
  }

  /** Who votes: full replicas and witnesses. */
  public SortedSet<ServerId> voters() {
    return voters;
  }

  /** Who has the data: full and read-only replicas. */
  public SortedSet<ServerId> dataHolders() {
    return dataHolders;
  }

  /** Everybody. */
  public SortedSet<ServerId> all() {
    return all;
  }

  /** The same, but with {@code server} as one of that kind. */
  public ReplicaSet with(ServerId server, Kind kind) {
    SortedSet<ServerId> f = new TreeSet<>(full);
    SortedSet<ServerId> w = new TreeSet<>(witnesses);
    SortedSet<ServerId> r = new TreeSet<>(readOnly);
    List.of(f, w, r).forEach(each -> each.remove(server));
    switch (kind) {
      case FULL -> f.add(server);
      case WITNESS -> w.add(server);
      case READ_ONLY -> r.add(server);
    }
    return new ReplicaSet(f, w, r);
  }

  /** What {@code server} is here; null if it has no replica. */
  public @Nullable Kind kindOf(ServerId server) {
    if (full.contains(server)) {
      return Kind.FULL;
    }
    if (witnesses.contains(server)) {
      return Kind.WITNESS;
    }
    return readOnly.contains(server) ? Kind.READ_ONLY : null;
  }

  static SortedSet<ServerId> union(SortedSet<ServerId> a, SortedSet<ServerId> b) {
    SortedSet<ServerId> both = new TreeSet<>(a);
    both.addAll(b);
    return Collections.unmodifiableSortedSet(both);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ReplicaSet that
        && full.equals(that.full)
        && witnesses.equals(that.witnesses)
        && readOnly.equals(that.readOnly);
  }

  @Override
  public int hashCode() {
    return Objects.hash(full, witnesses, readOnly);
  }

  /** Such as {@code [1 2 3 +4w +5r]}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("[");
    full.forEach(server -> out.append(out.length() > 1 ? " " : "").append(server.value()));
    witnesses.forEach(server -> out.append(" +").append(server.value()).append('w'));
    readOnly.forEach(server -> out.append(" +").append(server.value()).append('r'));
    return out.append(']').toString();
  }
}
