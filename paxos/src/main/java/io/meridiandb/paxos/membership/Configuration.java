package io.meridiandb.paxos.membership;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.proto.ConfigurationProto;
import io.meridiandb.paxos.proto.ReplicaSetProto;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who belongs to a group from some entry of its log on: the payload of a {@code CONFIGURATION}
 * entry, in force as soon as it is appended (protocol C1, G6).
 *
 * <p>While members change the configuration is <i>joint</i>: everything needs a majority of the old
 * voters and a majority of the new ones.
 *
 * <p>It is looked at in every step of every group, so what follows from it is worked out once.
 */
public final class Configuration {
  private final ReplicaSet target;
  private final @Nullable ReplicaSet leaving;
  private final Quorum quorum;
  private final SortedSet<ServerId> members;
  private final SortedSet<ServerId> full;
  private final ReplicaSet everybody;

  /**
   * A configuration.
   *
   * @param target the members, or the members to be
   * @param leaving the members before, while the configuration is joint; null otherwise
   */
  public Configuration(ReplicaSet target, @Nullable ReplicaSet leaving) {
    this.target = target;
    this.leaving = leaving;
    if (leaving == null) {
      this.quorum = new Quorum(List.of(target.voters()));
      this.members = target.all();
      this.full = target.full();
      this.everybody = target;
    } else {
      this.quorum = new Quorum(List.of(leaving.voters(), target.voters()));
      this.members = ReplicaSet.union(target.all(), leaving.all());
      this.full = ReplicaSet.union(target.full(), leaving.full());
      this.everybody =
          most(members, full, ReplicaSet.union(target.witnesses(), leaving.witnesses()));
    }
  }

  private static ReplicaSet most(
      SortedSet<ServerId> members, SortedSet<ServerId> full, SortedSet<ServerId> eitherWitness) {
    SortedSet<ServerId> witnesses = new TreeSet<>(eitherWitness);
    witnesses.removeAll(full);
    SortedSet<ServerId> readOnly = new TreeSet<>(members);
    readOnly.removeAll(full);
    readOnly.removeAll(witnesses);
    return new ReplicaSet(full, witnesses, readOnly);
  }

  /** One set of members. */
  public static Configuration of(ReplicaSet members) {
    return new Configuration(members, null);
  }

  /** The members, or the members to be. */
  public ReplicaSet target() {
    return target;
  }

  /** The members before, while the configuration is joint; null otherwise. */
  public @Nullable ReplicaSet leaving() {
    return leaving;
  }

  /** Whether two sets of voters must agree. */
  public boolean joint() {
    return leaving != null;
  }

  /** Who must agree. */
  public Quorum quorum() {
    return quorum;
  }

  /** Everybody who has a replica. */
  public SortedSet<ServerId> members() {
    return members;
  }

  /** Everybody, each with the most that it is on either side: what a server must have open. */
  public ReplicaSet everybody() {
    return everybody;
  }

  /** Who may lead: the full replicas of both sides. */
  public SortedSet<ServerId> full() {
    return full;
  }

  /** As bytes, for an entry's payload. */
  public ByteString encode() {
    return toProto().toByteString();
  }

  /** As a message. */
  public ConfigurationProto toProto() {
    ConfigurationProto.Builder proto = ConfigurationProto.newBuilder().setTarget(proto(target));
    if (leaving != null) {
      proto.setLeaving(proto(leaving));
    }
    return proto.build();
  }

  /**
   * Reads the payload of a {@code CONFIGURATION} entry.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Configuration decode(ByteString bytes) {
    try {
      return of(ConfigurationProto.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not a configuration: " + e.getMessage(), e);
    }
  }

  /**
   * From a message.
   *
   * @throws IllegalArgumentException if nobody could lead
   */
  public static Configuration of(ConfigurationProto proto) {
    return new Configuration(
        set(proto.getTarget()), proto.hasLeaving() ? set(proto.getLeaving()) : null);
  }

  private static ReplicaSetProto proto(ReplicaSet set) {
    return ReplicaSetProto.newBuilder()
        .addAllFull(numbers(set.full()))
        .addAllWitnesses(numbers(set.witnesses()))
        .addAllReadOnly(numbers(set.readOnly()))
        .build();
  }

  private static ReplicaSet set(ReplicaSetProto proto) {
    return ReplicaSet.of(
        servers(proto.getFullList()),
        servers(proto.getWitnessesList()),
        servers(proto.getReadOnlyList()));
  }

  private static List<Long> numbers(Collection<ServerId> servers) {
    return servers.stream().map(ServerId::value).toList();
  }

  private static List<ServerId> servers(Collection<Long> numbers) {
    return numbers.stream().map(ServerId::new).toList();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Configuration that
        && target.equals(that.target)
        && Objects.equals(leaving, that.leaving);
  }

  @Override
  public int hashCode() {
    return Objects.hash(target, leaving);
  }

  @Override
  public String toString() {
    return joint() ? leaving + "->" + target : target.toString();
  }
}
