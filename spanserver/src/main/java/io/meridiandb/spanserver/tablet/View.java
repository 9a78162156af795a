package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a tablet consists of at one moment. Readers hold a view while they read; a file is closed
 * when the last view that has it is let go. Only the active memtable of the newest view changes.
 */
final class View {
  final Memtable active;

  /** Newest first; a flush writes them all into one file. */
  final List<MemoryLayer> layers;

  /** Newest first. */
  final List<Run> runs;

  final Timestamp horizon;
  private final AtomicInteger holders = new AtomicInteger(1);

  View(Memtable active, List<MemoryLayer> layers, List<Run> runs, Timestamp horizon) {
    this.active = active;
    this.layers = List.copyOf(layers);
    this.runs = List.copyOf(runs);
    this.horizon = horizon;
    runs.forEach(run -> run.files().forEach(file -> file.views.incrementAndGet()));
  }

  /** Holds the view; false if it has been let go by all, so there is a newer one. */
  boolean hold() {
    int before = holders.get();
    while (before > 0) {
      if (holders.compareAndSet(before, before + 1)) {
        return true;
      }
      before = holders.get();
    }
    return false;
  }

  /** Lets the view go; returns the files that nobody holds any more. */
  List<TabletFile> letGo() {
    if (holders.decrementAndGet() > 0) {
      return List.of();
    }
    List<TabletFile> unused = new ArrayList<>();
    for (Run run : runs) {
      for (TabletFile file : run.files()) {
        if (file.views.decrementAndGet() == 0) {
          unused.add(file);
        }
      }
    }
    return unused;
  }

  /** The newest version of the seek's key at or before its timestamp, wherever it is. */
  Map.@Nullable Entry<VersionedKey, byte[]> find(VersionedKey seek) {
    Map.Entry<VersionedKey, byte[]> best = newer(null, active.ceiling(seek), seek);
    for (MemoryLayer layer : layers) {
      best = newer(best, layer.ceiling(seek), seek);
    }
    long hash = 0;
    boolean hashed = false;
    for (Run run : runs) {
      TabletFile file = run.fileFor(seek.key);
      // Versions of a key rise with the log, so a hit in a newer source nearly always ends it here.
      if (file == null || (best != null && file.info.newest().nanos() <= best.getKey().nanos)) {
        continue;
      }
      if (!hashed) {
        hash = Bloom.hash(seek.key);
        hashed = true;
      }
      if (file.mayContain(hash)) {
        best = newer(best, file.ceiling(seek), seek);
      }
    }
    return best;
  }

  private static Map.@Nullable Entry<VersionedKey, byte[]> newer(
      Map.@Nullable Entry<VersionedKey, byte[]> best,
      Map.@Nullable Entry<VersionedKey, byte[]> found,
      VersionedKey seek) {
    if (found == null || !found.getKey().sameKey(seek.key)) {
      return best;
    }
    return best == null || found.getKey().nanos > best.getKey().nanos ? found : best;
  }

  /** All versions from {@code from} to before {@code to} (null: to the end), or that backwards. */
  MergedVersions range(VersionedKey from, @Nullable VersionedKey to, boolean reverse) {
    return range(from, to, reverse, file -> true);
  }

  /** The same, without the files that are not {@code wanted}. */
  MergedVersions range(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse, Predicate<FileInfo> wanted) {
    List<Iterator<Map.Entry<VersionedKey, byte[]>>> sources = new ArrayList<>();
    sources.add(active.range(from, to, reverse));
    for (MemoryLayer layer : layers) {
      sources.add(layer.range(from, to, reverse));
    }
    for (Run run : runs) {
      sources.add(run.range(from, to, reverse, wanted));
    }
    return new MergedVersions(sources, reverse);
  }

  /** Bytes of the heap that its versions in memory take. */
  long memoryBytes() {
    return active.bytes() + layers.stream().mapToLong(layer -> layer.table().bytes()).sum();
  }
}
