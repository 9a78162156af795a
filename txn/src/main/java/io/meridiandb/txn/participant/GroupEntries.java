package io.meridiandb.txn.participant;

import com.google.protobuf.InvalidProtocolBufferException;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.txn.proto.CommittedEntry;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.HorizonEntry;
import io.meridiandb.txn.proto.IngestEntry;
import io.meridiandb.txn.proto.OutcomeEntry;
import io.meridiandb.txn.proto.PartEntry;
import io.meridiandb.txn.proto.PreparedEntry;
import io.meridiandb.txn.proto.RefusedEntry;

/** What transactions put into the log: a format byte {@code 01}, then a {@link GroupEntry}. */
public final class GroupEntries {
  private static final byte FORMAT = 1;

  private GroupEntries() {}

  static byte[] encode(CommittedEntry entry) {
    return encode(GroupEntry.newBuilder().setCommitted(entry).build());
  }

  static byte[] encode(RefusedEntry entry) {
    return encode(GroupEntry.newBuilder().setRefused(entry).build());
  }

  static byte[] encode(HorizonEntry entry) {
    return encode(GroupEntry.newBuilder().setHorizon(entry).build());
  }

  static byte[] encode(PartEntry entry) {
    return encode(GroupEntry.newBuilder().setPart(entry).build());
  }

  static byte[] encode(PreparedEntry entry) {
    return encode(GroupEntry.newBuilder().setPrepared(entry).build());
  }

  static byte[] encode(OutcomeEntry entry) {
    return encode(GroupEntry.newBuilder().setOutcome(entry).build());
  }

  /** Versions that come from another group, for {@link Replication#propose}. */
  public static byte[] encode(IngestEntry entry) {
    return encode(GroupEntry.newBuilder().setIngest(entry).build());
  }

  /** Any entry, for {@link Replication#propose}. */
  public static byte[] encode(GroupEntry entry) {
    byte[] body = entry.toByteArray();
    byte[] out = new byte[1 + body.length];
    out[0] = FORMAT;
    System.arraycopy(body, 0, out, 1, body.length);
    return out;
  }

  /**
   * Reads an entry; one that cannot be read is a broken invariant: it was chosen, with a checksum.
   */
  public static GroupEntry decode(byte[] bytes) {
    Invariants.check(bytes.length > 0, "an empty entry");
    Invariants.check(
        bytes[0] == FORMAT, "an entry of format %s, this server reads %s", bytes[0], FORMAT);
    try {
      return GroupEntry.parser().parseFrom(bytes, 1, bytes.length - 1);
    } catch (InvalidProtocolBufferException e) {
      throw Invariants.unreachable("an entry that cannot be read: %s", e.getMessage());
    }
  }
}
