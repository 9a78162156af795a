package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A list of commands with checkpoints and images, in which the newest come first. */
final class StoredList implements StateMachine {
  /** Bytes in one part of an image: few, so that there are many. */
  private static final int PART_BYTES = 7;

  /** The last checkpoint; outlives crashes. */
  static final class Disk {
    long index;
    List<String> values = List.of();

    /** Of which image a part is here, and the part. */
    ByteString unfinished = ByteString.EMPTY;

    ByteString parts = ByteString.EMPTY;

    /** Bytes of images that were written here. */
    long written;

    /** Broken: goes on with a part of whatever image it was. */
    boolean takesAnyPartForThis;

    void clear() {
      index = 0;
      values = List.of();
    }
  }

  private final Disk disk;
  private final Consumer<ReplicaSet> onMembers;
  private List<String> values;
  private long applied;

  StoredList(Disk disk, Consumer<ReplicaSet> onMembers) {
    this.disk = disk;
    this.onMembers = onMembers;
    load();
  }

  private void load() {
    values = new ArrayList<>(disk.values);
    applied = disk.index;
  }

  List<String> values() {
    return values;
  }

  void checkpoint() {
    disk.index = applied;
    disk.values = List.copyOf(values);
  }

  @Override
  public long checkpointIndex() {
    return disk.index;
  }

  @Override
  public void apply(LogEntry entry) {
    values.add(entry.payload().toStringUtf8());
    applied = entry.index();
  }

  @Override
  public void becameLeader(LeaderTerm term) {}

  @Override
  public void stepDown() {}

  @Override
  public void membersChanged(ReplicaSet members) {
    onMembers.accept(members);
  }

  @Override
  public CompletableFuture<ImageSource> exportImage() {
    long index = disk.index;
    ByteString bytes = ByteString.copyFromUtf8(String.join("\n", disk.values.reversed()));
    return CompletableFuture.completedFuture(
        new ImageSource() {
          @Override
          public long index() {
            return index;
          }

          @Override
          public ByteString identity() {
            return ByteString.copyFromUtf8(index + " " + bytes.hashCode());
          }

          @Override
          public CompletableFuture<ByteString> read(long position, int bytesMax) {
            int from = Math.toIntExact(position);
            int to = Math.min(bytes.size(), from + PART_BYTES);
            return CompletableFuture.completedFuture(bytes.substring(from, to));
          }

          @Override
          public void close() {}
        });
  }

  @Override
  public ByteString unfinishedImage() {
    return disk.unfinished;
  }

  @Override
  public CompletableFuture<ImageSink> importImage(long index, ByteString identity) {
    if (!disk.unfinished.equals(identity) && !disk.takesAnyPartForThis) {
      disk.parts = ByteString.EMPTY;
    }
    disk.unfinished = identity;
    return CompletableFuture.completedFuture(
        new ImageSink() {
          @Override
          public long position() {
            return disk.parts.size();
          }

          @Override
          public CompletableFuture<Void> write(long position, ByteString bytes) {
            disk.parts = disk.parts.concat(bytes);
            disk.written += bytes.size();
            return CompletableFuture.completedFuture(null);
          }

          @Override
          public CompletableFuture<Void> finish() {
            disk.index = index;
            disk.values = List.of(disk.parts.toStringUtf8().split("\n")).reversed();
            load();
            abort();
            return CompletableFuture.completedFuture(null);
          }

          @Override
          public void suspend() {}

          @Override
          public void abort() {
            disk.parts = ByteString.EMPTY;
            disk.unfinished = ByteString.EMPTY;
          }
        });
  }
}
