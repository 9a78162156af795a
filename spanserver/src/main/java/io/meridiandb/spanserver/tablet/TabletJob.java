package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Work on a tablet's files in the background: which versions become a new run, and what it
 * replaces.
 */
sealed interface TabletJob {
  /** Length in bytes of the largest value that will be written, or more. */
  int largestValue(List<Run> runs);

  /** What the new run will hold, in order. */
  Iterator<Map.Entry<VersionedKey, byte[]>> versions(List<Run> runs);

  /** The runs that stay behind the new one. */
  List<Run> kept(List<Run> runs);

  /** The manifest after the job; {@code files} are all that it names. */
  Manifest manifest(Manifest before, long nextFile, List<List<FileInfo>> files);

  /**
   * Writes a frozen memtable as a new run.
   *
   * @param frozen not written to any more
   * @param index the entry up to which it, with the files, has everything
   * @param state of the group, at that entry
   */
  record Flush(Memtable frozen, long index, byte[] state) implements TabletJob {
    @Override
    public int largestValue(List<Run> runs) {
      return frozen.largestValue();
    }

    @Override
    public Iterator<Map.Entry<VersionedKey, byte[]>> versions(List<Run> runs) {
      return frozen.all();
    }

    @Override
    public List<Run> kept(List<Run> runs) {
      return runs;
    }

    @Override
    public Manifest manifest(Manifest before, long nextFile, List<List<FileInfo>> files) {
      return new Manifest(index, before.horizon(), nextFile, files, state);
    }
  }

  /**
   * Merges the newest runs into one; if these are all runs, versions below the horizon go.
   *
   * @param count how many runs, from the newest on
   * @param all whether these are all
   * @param horizon where collection ends, if all runs are taken in
   */
  record Compaction(int count, boolean all, Timestamp horizon) implements TabletJob {
    @Override
    public int largestValue(List<Run> runs) {
      return runs.subList(0, count).stream()
          .flatMap(run -> run.files().stream())
          .mapToInt(TabletFile::largestValue)
          .max()
          .orElse(0);
    }

    @Override
    public Iterator<Map.Entry<VersionedKey, byte[]>> versions(List<Run> runs) {
      List<Iterator<Map.Entry<VersionedKey, byte[]>>> sources = new ArrayList<>();
      for (Run run : runs.subList(0, count)) {
        sources.add(run.range(VersionedKey.before(Key.MIN), null, false));
      }
      MergedVersions merged = new MergedVersions(sources, false);
      return all ? new LiveVersions(merged, horizon) : merged;
    }

    @Override
    public List<Run> kept(List<Run> runs) {
      return runs.subList(count, runs.size());
    }

    @Override
    public Manifest manifest(Manifest before, long nextFile, List<List<FileInfo>> files) {
      Timestamp collected = all ? Timestamp.max(before.horizon(), horizon) : before.horizon();
      return new Manifest(before.flushedIndex(), collected, nextFile, files, before.state());
    }
  }
}
