package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Work on a tablet's files in the background: which versions become a new run, and which runs stay
 * behind it. All that a job uses was fixed when it was made, so it may be carried out again.
 */
sealed interface TabletJob {
  /** The runs that stay behind the new one, with what they hide after the job. */
  List<Run> kept();

  /** The manifest after the job; {@code runs} are all that it names. */
  Manifest manifest(Manifest before, long nextFile, List<Manifest.RunInfo> runs);

  /** A job that writes versions. */
  sealed interface Build extends TabletJob {
    /** Length in bytes of the largest value that will be written, or more. */
    int largestValue();

    /** What the new run will hold, in order. */
    Iterator<Map.Entry<VersionedKey, byte[]>> versions();
  }

  /**
   * Writes what is in memory as a new run.
   *
   * @param layers not written to any more; what they hide was wiped up to {@code index}
   * @param kept all runs; what they hide was wiped up to {@code index}
   * @param horizon of the tablet at that entry
   * @param index the entry up to which layers and runs have everything
   * @param state of the group, at that entry
   */
  record Flush(
      List<MemoryLayer> layers, List<Run> kept, Timestamp horizon, long index, byte[] state)
      implements Build {
    @Override
    public int largestValue() {
      return layers.stream().mapToInt(layer -> layer.table().largestValue()).max().orElse(0);
    }

    @Override
    public Iterator<Map.Entry<VersionedKey, byte[]>> versions() {
      List<Iterator<Map.Entry<VersionedKey, byte[]>>> sources = new ArrayList<>();
      for (MemoryLayer layer : layers) {
        sources.add(layer.range(VersionedKey.before(Key.MIN), null, false));
      }
      return new MergedVersions(sources, false);
    }

    @Override
    public Manifest manifest(Manifest before, long nextFile, List<Manifest.RunInfo> runs) {
      return new Manifest(index, Timestamp.max(before.horizon(), horizon), nextFile, runs, state);
    }
  }

  /**
   * Merges the newest runs into one; if these are all runs, versions below the horizon go. What the
   * runs hide goes in any case.
   *
   * @param merged from the newest on; they hide what was wiped up to the last checkpoint, and no
   *     more: the checkpoint stays what it was
   * @param kept the others
   * @param horizon where collection ends, if all runs are taken in
   */
  record Compaction(List<Run> merged, List<Run> kept, Timestamp horizon) implements Build {
    @Override
    public int largestValue() {
      return merged.stream()
          .flatMap(run -> run.files().stream())
          .mapToInt(TabletFile::largestValue)
          .max()
          .orElse(0);
    }

    @Override
    public Iterator<Map.Entry<VersionedKey, byte[]>> versions() {
      List<Iterator<Map.Entry<VersionedKey, byte[]>>> sources = new ArrayList<>();
      for (Run run : merged) {
        sources.add(run.range(VersionedKey.before(Key.MIN), null, false));
      }
      MergedVersions all = new MergedVersions(sources, false);
      return kept.isEmpty() ? new LiveVersions(all, horizon) : all;
    }

    @Override
    public Manifest manifest(Manifest before, long nextFile, List<Manifest.RunInfo> runs) {
      Timestamp collected =
          kept.isEmpty() ? Timestamp.max(before.horizon(), horizon) : before.horizon();
      return new Manifest(before.flushedIndex(), collected, nextFile, runs, before.state());
    }
  }

  /**
   * Puts another replica's image in the place of everything (protocol G25).
   *
   * @param image its manifest, with its numbers of files
   */
  record Install(Manifest image) implements TabletJob {
    @Override
    public List<Run> kept() {
      return List.of();
    }

    @Override
    public Manifest manifest(Manifest before, long nextFile, List<Manifest.RunInfo> runs) {
      return new Manifest(
          image.flushedIndex(),
          Timestamp.max(before.horizon(), image.horizon()),
          nextFile,
          runs,
          image.state());
    }
  }
}
