package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.row.codec.RowCodec;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.row.schema.SystemTables;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.proto.Directory;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a group knows of a key range: a row of its own table {@link SystemTables#groupDirectories}.
 *
 * @param range its keys, not empty
 * @param id the directory's number, never reused
 * @param generation of each key it only grows: with each move, split and merge
 * @param owner who owns it since then, as far as this group knows
 * @param previous who owned it before the last move
 * @param placementId the placement that it belongs to
 * @param servers the owner's full replicas, so that whoever is sent there knows whom to ask
 */
public record DirectoryRow(
    KeyRange range,
    long id,
    long generation,
    GroupId owner,
    GroupId previous,
    long placementId,
    List<ServerId> servers) {
  public DirectoryRow {
    servers = List.copyOf(servers);
  }

  /** The same knowledge of a part of the range. */
  public DirectoryRow of(KeyRange part) {
    return new DirectoryRow(part, id, generation, owner, previous, placementId, servers);
  }

  /** The write of this row into the table of {@code group}. */
  public Mutation put(GroupId group) {
    RowCodec codec = RowCodec.of(SystemTables.groupDirectories(group));
    Key end = range.end();
    @Nullable Object[] row = {
      range.start().bytes(),
      end == null ? null : end.bytes(),
      id,
      generation,
      owner.value(),
      previous.value(),
      placementId,
      text(servers)
    };
    return Mutation.put(codec.keys().encode(row), codec.encode(row));
  }

  /**
   * Reads a row.
   *
   * @param row its values in the order of the table's columns
   */
  public static DirectoryRow of(@Nullable Object[] row) {
    if (row[0] instanceof byte[] start
        && row[2] instanceof Long id
        && row[3] instanceof Long generation
        && row[4] instanceof Long owner
        && row[5] instanceof Long previous
        && row[6] instanceof Long placement) {
      Key end = row[1] instanceof byte[] bytes ? Key.of(bytes) : null;
      return new DirectoryRow(
          new KeyRange(Key.of(start), end),
          id,
          generation,
          new GroupId(owner),
          new GroupId(previous),
          placement,
          servers(String.valueOf(row[7])));
    }
    throw new MeridianException(ErrorCode.DATA_CORRUPTED, "a row of a directory lacks values");
  }

  /** What whoever asked the wrong group is told. */
  public Directory hint() {
    Directory.Builder out =
        Directory.newBuilder()
            .setRange(Protos.range(range))
            .setId(id)
            .setGeneration(generation)
            .setGroup(owner.value());
    servers.forEach(server -> out.addServers(server.value()));
    return out.build();
  }

  /** Servers as tables hold them: their numbers, separated by commas. */
  public static String text(Iterable<ServerId> servers) {
    List<String> numbers = new ArrayList<>();
    servers.forEach(server -> numbers.add(Long.toString(server.value())));
    return String.join(",", numbers);
  }

  /** Reads what {@link #text} gave. */
  public static List<ServerId> servers(String text) {
    List<ServerId> servers = new ArrayList<>();
    for (String number : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      servers.add(new ServerId(Long.parseLong(number)));
    }
    return servers;
  }
}
