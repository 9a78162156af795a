package io.meridiandb.spanserver.tablet;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a tablet has in files, and how it gets there: flushes, merges, and another replica's image.
 * One job at a time; each ends with a manifest, which is a checkpoint of exactly one index. Used on
 * the tablet's strand.
 */
final class Checkpoints {
  /** How long a flush waits before it tries a full disk again. */
  static final Duration DISK_FULL_RETRY = Duration.ofSeconds(5);

  /** More layers of memory than this are flushed: each makes reads a little slower. */
  private static final int LAYERS_MAX = 4;

  /** What was wiped by an entry that no checkpoint holds yet. */
  private record Wipe(long index, KeyRange range) {}

  /** Who waits for a checkpoint that holds an entry. */
  private record Waiting(long index, CompletableFuture<Void> durable) {}

  private final Env env;
  private final Strand strand;
  private final TabletFolder folder;
  private final TabletOptions options;
  private final TabletHost host;
  private final JobRunner runner;
  private final ViewHolder views;

  /** The last durable checkpoint, and its runs, which hide what was wiped up to it. */
  private Manifest manifest;

  private List<Run> runs = new ArrayList<>();

  /** What was wiped since, in order; the view's runs hide this too. */
  private final List<Wipe> wipes = new ArrayList<>();

  private final List<Waiting> waiting = new ArrayList<>();

  private final ByteString unfinished;
  private long appliedIndex;
  private @Nullable TabletJob job;
  private @Nullable Runnable afterJob;
  private @Nullable CompletableFuture<Void> installing;
  private Runnable afterInstall = () -> {};
  private boolean flushWanted;
  private boolean flushDue;
  private boolean flushScheduled;

  /** The job before this one ended with a file that did not hold what was written. */
  private boolean writtenInVain;

  private boolean stopped;

  Checkpoints(Env env, Strand strand, TabletFolder folder, TabletOptions options, TabletHost host)
      throws IOException {
    this.env = env;
    this.strand = strand;
    this.folder = folder;
    this.options = options;
    this.host = host;
    runner = new JobRunner(env, folder, options);
    manifest = folder.read();
    folder.deleteLeftovers(manifest);
    Manifest coming = folder.unfinished();
    unfinished = coming == null ? ByteString.EMPTY : CheckpointImage.identityOf(coming);
    appliedIndex = manifest.flushedIndex();
    for (Manifest.RunInfo run : manifest.runs()) {
      List<TabletFile> files = new ArrayList<>();
      for (FileInfo info : run.files()) {
        files.add(TabletFile.open(folder.disk, folder.path, info));
      }
      runs.add(new Run(files, new RangeSet(run.wiped())));
    }
    views = new ViewHolder(new View(new Memtable(), List.of(), runs, manifest.horizon()), runner);
  }

  ViewHolder views() {
    return views;
  }

  Manifest manifest() {
    return manifest;
  }

  /** The last entry applied. */
  long appliedIndex() {
    return appliedIndex;
  }

  /** Of which image a part was here at the start; empty if of none. */
  ByteString unfinishedImage() {
    return unfinished;
  }

  /** Where everything runs that waits for the disk. */
  Strand disk() {
    return runner.strand();
  }

  /** The entry {@code index} is applied now; what it changes follows. */
  void advanceTo(long index) {
    Invariants.check(
        index > appliedIndex,
        "entry %s is applied to %s after %s",
        index,
        folder.path,
        appliedIndex);
    appliedIndex = index;
  }

  /** The entry is applied: perhaps a checkpoint is due, in a later task of the strand. */
  void flushIfDue() {
    View now = views.now();
    boolean due =
        now.memoryBytes() >= options.memtableBytes()
            || now.layers.size() > LAYERS_MAX
            || (!flushDue && now.memoryBytes() > 0 && env.faults().maybe("tablet.flush-early"));
    if (due && !flushDue) {
      flushDue = true;
      strand.execute(this::flushWhatIsDue);
    } else if (!flushScheduled) {
      flushScheduled = true;
      strand.schedule(options.flushAfter(), this::flushByAge);
    }
  }

  /** The entry applied last empties a range. */
  void wipe(KeyRange range) {
    wipes.add(new Wipe(appliedIndex, range));
    View before = views.now();
    List<MemoryLayer> layers = new ArrayList<>();
    boolean written = before.active.touches(range);
    if (written) {
      layers.add(new MemoryLayer(before.active, RangeSet.EMPTY.plus(range)));
    }
    before.layers.forEach(layer -> layers.add(layer.hiding(range)));
    views.publish(
        new View(
            written ? new Memtable() : before.active,
            layers,
            before.runs.stream().map(run -> run.hiding(range)).toList(),
            before.horizon));
  }

  /** Reads below {@code horizon} are refused from now on. */
  void raiseHorizon(Timestamp horizon) {
    View before = views.now();
    if (horizon.isAfter(before.horizon)) {
      views.publish(new View(before.active, before.layers, before.runs, horizon));
    }
  }

  /** The last checkpoint, with its files held. */
  CheckpointImage image() {
    View held = views.hold();
    List<TabletFile> files = runs.stream().flatMap(run -> run.files().stream()).toList();
    return new CheckpointImage(manifest, files, () -> views.letGo(held));
  }

  /**
   * Makes a checkpoint of what is applied now, in the background; on the strand. {@link
   * TabletHost#checkpointed} tells when it is durable.
   */
  void flush() {
    if (stopped || job != null) {
      flushWanted = true;
      return;
    }
    flushWanted = false;
    if (appliedIndex > manifest.flushedIndex()) {
      View before = views.now();
      List<MemoryLayer> layers = new ArrayList<>();
      if (!before.active.isEmpty()) {
        layers.add(new MemoryLayer(before.active, RangeSet.EMPTY));
      }
      layers.addAll(before.layers);
      views.publish(new View(new Memtable(), layers, before.runs, before.horizon));
      TabletJob due =
          new TabletJob.Flush(
              layers, pruned(before.runs), before.horizon, appliedIndex, host.state());
      job = due;
      host.whenLogged(() -> startUnlessStopped(due));
    }
  }

  /** Flushes; completes once what is applied now is in a durable checkpoint. */
  CompletableFuture<Void> checkpoint() {
    CompletableFuture<Void> durable = new CompletableFuture<>();
    if (appliedIndex == manifest.flushedIndex()) {
      durable.complete(null);
    } else if (stopped) {
      durable.completeExceptionally(new IllegalStateException(folder.path + " is closed"));
    } else {
      waiting.add(new Waiting(appliedIndex, durable));
      flush();
    }
    return durable;
  }

  private void tellWaiting() {
    for (Waiting each : List.copyOf(waiting)) {
      if (stopped) {
        each.durable.completeExceptionally(new IllegalStateException(folder.path + " is closed"));
      } else if (each.index <= manifest.flushedIndex()) {
        each.durable.complete(null);
      }
    }
    waiting.removeIf(each -> each.durable.isDone());
  }

  private static List<Run> pruned(List<Run> runs) {
    return runs.stream().map(Run::pruned).filter(Objects::nonNull).toList();
  }

  /** Merges all files into one run and collects what lies below the horizon; on the strand. */
  void compact() {
    if (!stopped && job == null && !runs.isEmpty()) {
      start(new TabletJob.Compaction(runs, List.of(), host.horizon()));
    }
  }

  /** Starts no job any more and lets the files go; what is not flushed is in the log. */
  void close() {
    stopped = true;
    tellWaiting();
    views.letGo(views.now());
  }

  /** Deletes all files; closed before. */
  CompletableFuture<Void> discard() {
    return runner.discard();
  }

  private void flushWhatIsDue() {
    flushDue = false;
    flush();
  }

  private void flushByAge() {
    flushScheduled = false;
    flush();
  }

  private void startUnlessStopped(TabletJob due) {
    if (!stopped) {
      start(due);
    }
  }

  private void start(TabletJob next) {
    job = next;
    View held = views.hold();
    runner.run(
        next,
        manifest,
        new JobRunner.End() {
          @Override
          public void done(JobRunner.Result result) {
            strand.execute(() -> finished(next, result));
            views.letGo(held);
          }

          @Override
          public void failed(Throwable cause) {
            strand.execute(() -> failedJob(next, cause));
            views.letGo(held);
          }
        });
  }

  private void finished(TabletJob done, JobRunner.Result result) {
    job = null;
    writtenInVain = false;
    if (stopped) {
      result.closeUnused();
      return;
    }
    Set<Long> named = new TreeSet<>();
    result.manifest().files().forEach(file -> named.add(file.number()));
    for (Run run : runs) {
      run.files().forEach(file -> file.obsolete = !named.contains(file.info.number()));
    }
    manifest = result.manifest();
    runs = result.runs();
    switch (done) {
      case TabletJob.Flush flush -> flushed(flush);
      case TabletJob.Compaction _ -> {
        views.publish(viewOf(views.now().active, views.now().layers));
        env.events().count("tablet.compactions", 1);
      }
      case TabletJob.Install _ -> installed();
    }
    Runnable next = afterJob;
    if (next != null) {
      afterJob = null;
      next.run();
    }
    if (job != null) {
      return;
    }
    if (!waiting.isEmpty()) {
      flush();
    } else if (runs.size() >= options.runsMax() || mostlyWiped()) {
      start(compactionDue());
    } else if (flushWanted || views.now().memoryBytes() >= options.memtableBytes()) {
      flush();
    }
  }

  private void flushed(TabletJob.Flush flush) {
    wipes.removeIf(wipe -> wipe.index() <= flush.index());
    List<MemoryLayer> layers = new ArrayList<>(views.now().layers);
    layers.removeIf(
        layer -> flush.layers().stream().anyMatch(written -> written.table() == layer.table()));
    views.publish(viewOf(views.now().active, layers));
    env.events().count("tablet.flushes", 1);
    host.checkpointed(manifest.flushedIndex());
    tellWaiting();
  }

  private void installed() {
    appliedIndex = manifest.flushedIndex();
    wipes.clear();
    views.publish(viewOf(new Memtable(), List.of()));
    env.events().count("tablet.installs", 1);
    runner.deleteDamaged();
    CompletableFuture<Void> told = Objects.requireNonNull(installing);
    installing = null;
    afterInstall.run();
    told.complete(null);
    tellWaiting();
  }

  /** The files of the last checkpoint, without what was wiped since. */
  private View viewOf(Memtable active, List<MemoryLayer> layers) {
    List<Run> shown = new ArrayList<>();
    for (Run run : runs) {
      Run less = run;
      for (Wipe wipe : wipes) {
        less = less.hiding(wipe.range());
      }
      shown.add(less);
    }
    return new View(active, layers, shown, Timestamp.max(views.now().horizon, manifest.horizon()));
  }

  /** Whether half of what is in the files is not shown: then merging frees much. */
  private boolean mostlyWiped() {
    long stored = 0;
    long shown = 0;
    for (Run run : runs) {
      if (!run.hidden().isEmpty()) {
        stored += run.storedBytes();
        shown += run.shownBytes(KeyRange.ALL);
      }
    }
    return stored > 0 && shown * 2 <= stored;
  }

  /**
   * The newer runs become one; the oldest, large one is taken in once they are half of what it
   * shows, or half of it is wiped, or if there is only one newer run: to write that one anew would
   * change nothing, for ever.
   */
  private TabletJob compactionDue() {
    long base = runs.getLast().shownBytes(KeyRange.ALL);
    long above = runs.stream().mapToLong(Run::storedBytes).sum() - runs.getLast().storedBytes();
    boolean all = above * 2 >= base || runs.size() <= 2 || mostlyWiped();
    int merged = all ? runs.size() : runs.size() - 1;
    return new TabletJob.Compaction(
        runs.subList(0, merged), pruned(runs.subList(merged, runs.size())), host.horizon());
  }

  private void failedJob(TabletJob failed, Throwable cause) {
    if (stopped) {
      return;
    }
    CompletableFuture<Void> install = installing;
    if (install != null) {
      job = null;
      installing = null;
      install.completeExceptionally(cause);
      if (cause instanceof DiskFullException || cause instanceof TabletDamagedException) {
        return;
      }
    }
    if (cause instanceof DiskFullException) {
      env.events()
          .event(
              Events.Level.ERROR,
              "spanserver.tablet",
              "no room on the disk to write a file of %s (%s); its rows stay in the log until there is"
                  .formatted(folder.path, cause.getMessage()));
      strand.schedule(DISK_FULL_RETRY, () -> retry(failed));
      return;
    }
    if (cause instanceof TabletDamagedException && !writtenInVain) {
      writtenInVain = true;
      env.events()
          .event(
              Events.Level.ERROR,
              "spanserver.tablet",
              "the disk did not keep what was written to it (%s); it is written again, for all of it is still here"
                  .formatted(cause.getMessage()));
      env.events().count("tablet.rewrites", 1);
      retry(failed);
      return;
    }
    diskFailed(cause);
  }

  /** Nothing is written any more, and the host is told. */
  void diskFailed(Throwable cause) {
    if (!stopped) {
      stopped = true;
      env.events()
          .failure(
              "spanserver.tablet", "a file of " + folder.path + " could not be written", cause);
      tellWaiting();
      host.failed(cause);
    }
  }

  /** A flush is tried until it succeeds; a merge need not be. */
  private void retry(TabletJob waiting) {
    if (stopped) {
      return;
    }
    if (waiting instanceof TabletJob.Compaction) {
      job = null;
      flush();
    } else {
      start(waiting);
    }
  }

  /** The image of a sink is on the disk: it takes the place of everything. */
  void install(Manifest image, Runnable whenInstalled, CompletableFuture<Void> installed) {
    if (stopped) {
      installed.completeExceptionally(new IllegalStateException(folder.path + " is closed"));
    } else if (image.flushedIndex() < appliedIndex) {
      installed.completeExceptionally(
          new IllegalStateException(
              "an image of entry %d comes too late for %s, which has entry %d"
                  .formatted(image.flushedIndex(), folder.path, appliedIndex)));
    } else if (job != null) {
      afterJob = () -> install(image, whenInstalled, installed);
    } else {
      afterInstall = whenInstalled;
      installing = installed;
      start(new TabletJob.Install(image));
    }
  }
}
