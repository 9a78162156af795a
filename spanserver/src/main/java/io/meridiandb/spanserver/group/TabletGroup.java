package io.meridiandb.spanserver.group;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Timer;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.Inheritance;
import io.meridiandb.paxos.replica.ImageSink;
import io.meridiandb.paxos.replica.ImageSource;
import io.meridiandb.paxos.replica.LeaderTerm;
import io.meridiandb.paxos.replica.MachineStoppedException;
import io.meridiandb.paxos.replica.Replica;
import io.meridiandb.paxos.replica.StateMachine;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.spanserver.directory.DirectoryTable;
import io.meridiandb.spanserver.tablet.Tablet;
import io.meridiandb.spanserver.tablet.TabletDamagedException;
import io.meridiandb.spanserver.tablet.TabletHost;
import io.meridiandb.spanserver.tablet.VersionWrite;
import io.meridiandb.truetime.TrueTime;
import io.meridiandb.txn.Protos;
import io.meridiandb.txn.participant.GroupEntries;
import io.meridiandb.txn.participant.Participant;
import io.meridiandb.txn.participant.ParticipantContext;
import io.meridiandb.txn.participant.Recovery;
import io.meridiandb.txn.proto.GroupEntry;
import io.meridiandb.txn.proto.IngestEntry;
import io.meridiandb.txn.proto.Version;
import io.meridiandb.txn.proto.Write;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One group on one server: what its log says is applied to the tablet and to the transactions'
 * outcomes, and both together make a checkpoint. Everything runs on the server strand.
 *
 * <p>A broken invariant stops the group on this server, not the server: it answers nothing any
 * more, and the other replicas go on (DESIGN 2).
 */
public final class TabletGroup implements StateMachine, TabletHost {
  /** Is told, on the strand and once, that a group has stopped on this server. */
  public interface StopListener {
    /**
     * It has stopped: its replica must vote, follow and lead no more.
     *
     * @param diskFailed whether the disk has failed: then the whole server must stop (reliability
     *     T19)
     */
    void stopped(GroupId group, Throwable cause, boolean diskFailed);
  }

  private static final Duration TICK = Duration.ofSeconds(1);

  private final Env env;
  private final Strand strand;
  private final TrueTime trueTime;
  private final GroupId group;
  private final GroupOptions options;
  private final Tablet tablet;
  private final ReplicaReplication replication;
  private final DirectoryTable directories;
  private final Participant participant;
  private @Nullable Replica replica;
  private boolean leading;
  private boolean closed;
  private StopListener listener = (group, cause, diskFailed) -> {};
  private @Nullable Throwable broken;

  private TabletGroup(
      Env env,
      Strand strand,
      TrueTime trueTime,
      GroupId group,
      GroupOptions options,
      Recovery recovery)
      throws IOException {
    this.env = env;
    this.strand = new GuardedStrand(strand);
    this.trueTime = trueTime;
    this.group = group;
    this.options = options;
    this.tablet =
        Tablet.openOrPutAside(
            env,
            this.strand,
            folder(group),
            options.tablet(),
            options.parts().tabletHost(group, this));
    this.replication = new ReplicaReplication(this.strand, trueTime);
    this.directories = new DirectoryTable(group, tablet);
    this.participant =
        options
            .parts()
            .participant(
                new ParticipantContext(
                    group, tablet, replication, this.strand, env.clocks(), env.events()),
                directories,
                recovery);
    participant.restore(tablet.checkpointState());
  }

  /**
   * Opens the group's tablet at its last checkpoint; may wait for the disk.
   *
   * @param recovery ends transactions of several groups whose gateways have fallen silent
   * @throws IOException if the disk cannot be read
   */
  public static TabletGroup open(
      Env env,
      Strand strand,
      TrueTime trueTime,
      GroupId group,
      GroupOptions options,
      Recovery recovery)
      throws IOException {
    return new TabletGroup(env, strand, trueTime, group, options, recovery);
  }

  /** Which group. */
  public GroupId group() {
    return group;
  }

  /** The replica that this state machine belongs to is open; on the strand, before it applies. */
  public void bind(Replica opened) {
    replica = opened;
    replication.bind(opened);
    strand.schedule(TICK, this::tick);
  }

  /** How leaders are asked about the present; set as it begins to serve. */
  void askBy(ReadTimes readTimes) {
    replication.askBy(readTimes);
  }

  /** Who is told if it stops; set before it serves. */
  public void onStop(StopListener toldOnce) {
    listener = toldOnce;
  }

  /** Which keys the group owns, as far as it has applied. */
  public DirectoryTable directories() {
    return directories;
  }

  /** Its rows; for statistics and tools. */
  public Tablet tablet() {
    return tablet;
  }

  /** How many transactions of several groups are prepared here without outcome. */
  public int preparedCount() {
    return participant.preparedCount();
  }

  /** Whether a broken invariant has stopped it. */
  public boolean stopped() {
    return broken != null;
  }

  /**
   * Does something with the group's transactions, on the strand. If that breaks an invariant the
   * group is stopped; a stopped group does nothing.
   */
  void handle(Consumer<Participant> action) {
    if (broken != null) {
      return;
    }
    try {
      action.accept(participant);
    } catch (RuntimeException e) {
      stop(e, false);
    }
  }

  /** See {@link Participant#whenSettled}; on the strand. */
  public void whenSettled(KeyRange range, Timestamp at, Runnable task) {
    handle(participant -> participant.whenSettled(range, at, task));
  }

  /** Where its tablet lies in the data folder. */
  static String folder(GroupId group) {
    return "tablet/" + group.value();
  }

  /** Lets the files go; on the strand. */
  public void close() {
    closed = true;
    replication.stop();
    tablet.close();
  }

  @Override
  public long checkpointIndex() {
    return tablet.flushedIndex();
  }

  @Override
  public void apply(LogEntry entry) {
    if (broken != null) {
      throw new MachineStoppedException("%s was stopped: %s".formatted(group, broken.getMessage()));
    }
    try {
      apply(entry.index(), entry.timestamp(), GroupEntries.decode(entry.payload().toByteArray()));
    } catch (RuntimeException e) {
      stop(e, false);
      throw e;
    }
  }

  private void apply(long index, Timestamp assigned, GroupEntry entry) {
    switch (entry.getBodyCase()) {
      case INGEST -> ingest(index, entry.getIngest());
      default -> {
        List<VersionWrite> versions = versions(entry, assigned);
        tablet.apply(index, versions, emptiedBy(versions));
        if (versions.stream().anyMatch(each -> directories.concerns(each.key()))) {
          directories.refresh();
        }
      }
    }
    participant.applied(entry);
  }

  private List<KeyRange> emptiedBy(List<VersionWrite> versions) {
    List<KeyRange> emptied = new ArrayList<>(0);
    for (VersionWrite each : versions) {
      KeyRange range = directories.emptiedBy(each.key(), each.value());
      if (range != null) {
        emptied.add(range);
      }
    }
    return emptied;
  }

  /** Versions of a directory that is on its way here; late ones of one that is not do nothing. */
  private void ingest(long index, IngestEntry entry) {
    if (!directories.admits(Protos.range(entry.getRange()), entry.getMover())) {
      env.events().probe("spanserver.ingest.late");
      tablet.apply(index, List.of());
      return;
    }
    List<VersionWrite> versions = new ArrayList<>(entry.getVersionsCount());
    for (Version each : entry.getVersionsList()) {
      versions.add(
          new VersionWrite(
              Protos.key(each.getKey()),
              new Timestamp(each.getTimestampNanos()),
              each.getTombstone() ? null : each.getValue().toByteArray()));
    }
    tablet.ingest(index, versions, new Timestamp(entry.getHorizonNanos()));
  }

  /** The versions that become visible; those of an outcome lie before the entry in time. */
  private List<VersionWrite> versions(GroupEntry entry, Timestamp assigned) {
    List<Write> writes = participant.writesOf(entry);
    if (writes.isEmpty()) {
      return List.of();
    }
    Timestamp timestamp = Participant.timestampOf(entry);
    Invariants.check(
        entry.hasCommitted() ? timestamp.equals(assigned) : timestamp.isBefore(assigned),
        "an entry of %s makes versions of %s",
        assigned,
        timestamp);
    List<VersionWrite> versions = new ArrayList<>(writes.size());
    for (Write write : writes) {
      boolean put = write.getAction() == Write.Action.PUT;
      versions.add(
          new VersionWrite(
              Protos.key(write.getKey()), timestamp, put ? write.getValue().toByteArray() : null));
    }
    return versions;
  }

  @Override
  public void becameLeader(LeaderTerm term) {
    leading = true;
    Inheritance inherited = term.inherited();
    ByteString locks = inherited == null ? ByteString.EMPTY : inherited.state();
    handle(at -> at.becameLeader(term.startIndex(), locks));
  }

  /** The locks of the transactions under way: they go on at the next leader (protocol G7). */
  @Override
  public ByteString handOver() {
    ByteString[] locks = {ByteString.EMPTY};
    handle(at -> locks[0] = at.handOver());
    return locks[0];
  }

  @Override
  public void stepDown() {
    leading = false;
    handle(Participant::stepDown);
  }

  @Override
  public CompletableFuture<ImageSource> exportImage() {
    return CompletableFuture.completedFuture(tablet.exportImage());
  }

  @Override
  public CompletableFuture<ImageSink> importImage(long index) {
    return importImage(index, ByteString.EMPTY);
  }

  @Override
  public CompletableFuture<ImageSink> importImage(long index, ByteString identity) {
    return tablet.importImage(identity, this::installed).thenApply(sink -> sink);
  }

  @Override
  public ByteString unfinishedImage() {
    return tablet.unfinishedImage();
  }

  /** The tablet is another replica's checkpoint now; so is everything else. */
  private void installed() {
    handle(at -> {
      at.restore(tablet.checkpointState());
      directories.refresh();
    });
  }

  @Override
  public byte[] state() {
    return participant.image();
  }

  @Override
  public Timestamp horizon() {
    Timestamp wanted = trueTime.now().earliest().plus(options.versionRetention().negated());
    return Timestamp.max(wanted, tablet.horizon());
  }

  @Override
  public void whenLogged(Runnable task) {
    Replica at = replica;
    if (at == null) {
      task.run(); // nothing was applied but what the log had at the start
    } else {
      at.whenLogged(task);
    }
  }

  @Override
  public void checkpointed(long index) {
    Replica at = replica;
    if (at != null) {
      at.checkpointed(index);
    }
  }

  @Override
  public void failed(Throwable cause) {
    stop(cause, true);
  }

  @Override
  public void damaged(TabletDamagedException cause) {
    stop(cause, false);
  }

  private void tick() {
    if (closed) {
      return;
    }
    participant.tick();
    strand.schedule(TICK, this::tick);
  }

  /** The server strand for this group alone: a failure of a task stops the group, and its tasks. */
  private final class GuardedStrand implements Strand {
    private final Strand server;

    GuardedStrand(Strand server) {
      this.server = server;
    }

    @Override
    public void execute(Runnable task) {
      server.execute(() -> handle(at -> task.run()));
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      return server.schedule(delay, () -> handle(at -> task.run()));
    }

    @Override
    public boolean isCurrent() {
      return server.isCurrent();
    }
  }

  private void stop(Throwable cause, boolean diskFailed) {
    if (broken != null) {
      return;
    }
    broken = cause;
    replication.stop();
    env.events()
        .failure(
            "spanserver.group",
            diskFailed
                ? "the disk of " + group + " has failed: it stops here"
                : "an invariant of " + group + " is broken: it stops here",
            cause);
    Replica at = replica;
    if (at != null && leading) {
      at.handOver(null);
    }
    listener.stopped(group, cause, diskFailed);
  }
}
