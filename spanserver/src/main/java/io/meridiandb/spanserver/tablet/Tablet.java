package io.meridiandb.spanserver.tablet;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.participant.VersionStore;
import io.meridiandb.wire.ErrorCode;
import io.meridiandb.wire.MeridianException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one replica of a group: for every key all versions that a read may still ask for
 * (Spanner OSDI'12 2.1). New versions go to a memtable; now and then it becomes an immutable B-tree
 * file, and several files become one. The group's log is the only redo log: what was not flushed is
 * applied again after a restart.
 *
 * <p>One strand applies entries; reads may come from any thread and never wait for writers. Files
 * are built on a blocking strand, one job at a time.
 */
public final class Tablet implements VersionStore {
  private final TabletFolder folder;
  private final Strand strand;
  private final Checkpoints checkpoints;
  private final ViewHolder views;
  private final Scrubber scrubber;
  private boolean importing;
  private Runnable afterInstall = () -> {};

  private Tablet(
      Env env, Strand strand, TabletFolder folder, TabletOptions options, TabletHost host)
      throws IOException {
    this.strand = strand;
    this.folder = folder;
    checkpoints = new Checkpoints(env, strand, folder, options, host);
    views = checkpoints.views();
    scrubber = new Scrubber(env, strand, checkpoints, host);
  }

  /**
   * Opens a tablet, or makes an empty one. Reads all its files once to check them, so not on a
   * strand that must not block.
   *
   * @param env the server's environment
   * @param strand applies entries and gets the host's calls
   * @param folder in the data folder, such as {@code tablet/0}; of this tablet alone
   * @throws TabletDamagedException if a file or the manifest is damaged; a damaged file is put
   *     aside
   * @throws TabletFormatException if another version wrote it, in another format
   * @throws IOException if the disk cannot be read
   */
  public static Tablet open(
      Env env, Strand strand, String folder, TabletOptions options, TabletHost host)
      throws IOException {
    return new Tablet(env, strand, new TabletFolder(env.disk(), folder), options, host);
  }

  /**
   * Opens a tablet as {@link #open} does; if it is damaged, all its files are put aside, an event
   * says so, and the tablet is empty: {@link #flushedIndex} is 0, so entries are applied from the
   * first one on if the log still has it, and otherwise another replica's image is taken in. The
   * files put aside are deleted when an image has been installed.
   */
  public static Tablet openOrPutAside(
      Env env, Strand strand, String folder, TabletOptions options, TabletHost host)
      throws IOException {
    try {
      return open(env, strand, folder, options, host);
    } catch (TabletDamagedException e) {
      new TabletFolder(env.disk(), folder).putAside();
      env.events().count("tablet.quarantines", 1);
      env.events()
          .event(
              Events.Level.ERROR,
              "spanserver.tablet",
              "%s; all files of %s are put aside as *%s, and the replica is built anew from another one"
                  .formatted(e.getMessage(), folder, TabletFile.QUARANTINE));
      return open(env, strand, folder, options, host);
    }
  }

  /** The last entry that a durable checkpoint holds: entries above it must be applied again. */
  public long flushedIndex() {
    return checkpoints.manifest().flushedIndex();
  }

  /** The last entry applied. */
  public long appliedIndex() {
    return checkpoints.appliedIndex();
  }

  /** What {@link TabletHost#state} gave for the last checkpoint; empty for a new tablet. */
  public byte[] checkpointState() {
    return checkpoints.manifest().state();
  }

  /**
   * Applies the entry {@code index}. On the strand, in the order of the log, once each. A
   * checkpoint that this makes due begins in a later task of the strand, so that the caller can
   * first bring the rest of the group's state up to the same entry.
   *
   * @param writes its new versions; none for an entry that changes no row
   */
  public void apply(long index, List<VersionWrite> writes) {
    apply(index, writes, List.of());
  }

  /**
   * The same for an entry that also empties ranges: first these, then the new versions. No version
   * that was in them before is ever shown again. Costs no more for a large range; the bytes go when
   * files are merged.
   */
  public void apply(long index, List<VersionWrite> writes, List<KeyRange> emptied) {
    checkpoints.advanceTo(index);
    emptied.stream().filter(range -> !range.isEmpty()).forEach(checkpoints::wipe);
    writes.forEach(views.now().active::put);
    checkpoints.flushIfDue();
  }

  /**
   * Applies an entry that brings versions from another group, with the timestamps they have there
   * (protocol G23). Versions of a key must come oldest first, as {@link #exportVersions} shows
   * them; a part that comes again must be followed by all parts after it once more.
   *
   * @param horizon of the export: reads below it are refused from now on
   */
  public void ingest(long index, List<VersionWrite> versions, Timestamp horizon) {
    checkpoints.advanceTo(index);
    versions.forEach(views.now().active::put);
    checkpoints.raiseHorizon(horizon);
    checkpoints.flushIfDue();
  }

  @Override
  public @Nullable Version read(Key key, Timestamp at) {
    View held = views.hold();
    try {
      checkHorizon(held, at);
      Map.Entry<VersionedKey, byte[]> found = held.find(VersionedKey.of(key, at));
      return found == null ? null : Scans.version(found);
    } finally {
      views.letGo(held);
    }
  }

  /** The newest version of {@code key}, a tombstone included; null if it never had one. */
  public @Nullable Version latest(Key key) {
    return read(key, Timestamp.MAX);
  }

  @Override
  public void scan(KeyRange range, boolean reverse, Timestamp at, Visitor visitor) {
    if (range.isEmpty()) {
      return;
    }
    View held = views.hold();
    try {
      checkHorizon(held, at);
      Scans.scan(held, range, reverse, at, visitor);
    } finally {
      views.letGo(held);
    }
  }

  /** Whether any key in {@code range} has a version newer than {@code timestamp}. */
  public boolean changedSince(KeyRange range, Timestamp timestamp) {
    boolean[] changed = new boolean[1];
    scan(
        range,
        false,
        Timestamp.MAX,
        (key, version) -> {
          changed[0] = version.timestamp().isAfter(timestamp);
          return !changed[0];
        });
    return changed[0];
  }

  @Override
  public Timestamp horizon() {
    return views.now().horizon;
  }

  /**
   * Shows all versions of a range with timestamps in ({@code after}, {@code to}], tombstones too,
   * part by part; from any thread, and a part never takes long. What is applied between two parts
   * may show in the later one or not, unless its timestamp lies beyond {@code to}.
   *
   * @param after {@link Timestamp#MIN} for a copy from the beginning
   * @param from where the part begins: null for the first, {@link VersionChunk#next} of the part
   *     before for the others
   * @param bytesMax a part ends soon after this many bytes of keys and values
   * @throws MeridianException SNAPSHOT_TOO_OLD if tombstones after {@code after} may be gone: the
   *     copy must begin again
   */
  public VersionChunk exportVersions(
      KeyRange range,
      Timestamp after,
      Timestamp to,
      VersionChunk.@Nullable Cursor from,
      long bytesMax) {
    View held = views.hold();
    try {
      if (after.isAfter(Timestamp.MIN)) {
        checkHorizon(held, after);
      }
      return Scans.export(held, range, new Scans.Window(after, to), from, bytesMax);
    } finally {
      views.letGo(held);
    }
  }

  /** What this replica shows of a range at a timestamp; from any thread, reads all of the range. */
  public RangeChecksum checksum(KeyRange range, Timestamp at) {
    View held = views.hold();
    try {
      checkHorizon(held, at);
      return Scans.checksum(held, range, at);
    } finally {
      views.letGo(held);
    }
  }

  /**
   * About how many bytes of keys and values, all versions, a range has; from any thread. Off by at
   * most {@link Samples#INTERVAL_BYTES_MIN} or a thousandth of a file, for each file.
   */
  public long bytesIn(KeyRange range) {
    View held = views.hold();
    try {
      return SizeEstimate.bytesIn(held, range);
    } finally {
      views.letGo(held);
    }
  }

  /**
   * Keys that cut a range into about equal parts; from any thread.
   *
   * @param parts how many, two or more
   * @return keys within the range, rising; fewer than wanted if there are too few
   */
  public List<Key> splitKeys(KeyRange range, int parts) {
    View held = views.hold();
    try {
      return SizeEstimate.splitKeys(held, range, parts);
    } finally {
      views.letGo(held);
    }
  }

  /** Sizes; on the strand. */
  public TabletStats stats() {
    View now = views.now();
    return new TabletStats(
        now.memoryBytes(),
        now.runs.stream().mapToLong(Run::bytes).sum(),
        now.runs.stream().mapToLong(Run::versions).sum(),
        now.runs.size(),
        now.runs.stream().mapToInt(run -> run.files().size()).sum());
  }

  /** The last checkpoint, for a replica that has to be built; on the strand. */
  public CheckpointImage exportImage() {
    return checkpoints.image();
  }

  /**
   * Begins to take another replica's image in, one at a time; on the strand. Files of an image of
   * the same identity that are whole already are kept, and not asked for again.
   *
   * @param identity of the image; empty if unknown
   * @param whenInstalled runs on the strand once the tablet is the image, before anything else is
   *     applied: the rest of the group's state is then {@link #checkpointState}
   */
  public CompletableFuture<CheckpointInstall> importImage(
      ByteString identity, Runnable whenInstalled) {
    return importImage(whenInstalled).resume(identity);
  }

  /** Of which image a part was durable here at the start; empty if of none. On the strand. */
  public ByteString unfinishedImage() {
    return checkpoints.unfinishedImage();
  }

  /** The same, from the beginning. */
  CheckpointInstall importImage(Runnable whenInstalled) {
    Invariants.check(!importing, "%s takes an image in already", folder.path);
    importing = true;
    afterInstall = whenInstalled;
    return new CheckpointInstall(this, folder, strand, checkpoints.disk());
  }

  /** The image of a sink is on the disk: it takes the place of everything. */
  void install(Manifest image, CompletableFuture<Void> installed) {
    importing = false;
    checkpoints.install(image, afterInstall, installed);
  }

  /** A write beside the tablet's files failed for good. */
  void diskFailed(Throwable cause) {
    checkpoints.diskFailed(cause);
  }

  /** The sink was given up. */
  void importEnded() {
    importing = false;
  }

  /**
   * Makes a checkpoint of what is applied now, in the background; on the strand. {@link
   * TabletHost#checkpointed} tells when it is durable.
   */
  public void flush() {
    checkpoints.flush();
  }

  /**
   * Makes a checkpoint of what is applied now, so that a restart need not apply it again; on the
   * strand.
   *
   * @return completes on the strand once it is durable; fails if the tablet is closed or its disk
   *     fails before; while the disk is full it waits
   */
  public CompletableFuture<Void> checkpoint() {
    return checkpoints.checkpoint();
  }

  /**
   * Reads all files in the background and compares them with their checksums; on the strand. Runs
   * by itself once a day. {@link TabletHost#damaged} is told if one is damaged.
   */
  public void scrub() {
    scrubber.round();
  }

  /** Merges all files into one run and collects what lies below the horizon; on the strand. */
  public void compact() {
    checkpoints.compact();
  }

  /** Starts no job any more and lets the files go; what is not flushed is in the log. */
  public void close() {
    scrubber.stop();
    checkpoints.close();
  }

  /**
   * Deletes the files of a closed tablet that nobody needs any more.
   *
   * @return completes, on no particular strand, when they have gone; fails if the disk does: then
   *     {@link #discard(Env, String)} goes on at the next start
   */
  public CompletableFuture<Void> discard() {
    return checkpoints.discard();
  }

  /** Deletes what is left of a tablet that is not open; waits for the disk. */
  public static void discard(Env env, String folder) throws IOException {
    new TabletFolder(env.disk(), folder).deleteAll();
  }

  private static void checkHorizon(View held, Timestamp at) {
    if (at.isBefore(held.horizon)) {
      throw new MeridianException(
          ErrorCode.SNAPSHOT_TOO_OLD,
          "a read at %s is too old: versions before %s may be gone".formatted(at, held.horizon));
    }
  }
}
