package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Work on a tablet's files in the background: it has all it needs, and gives back what to install.
 */
sealed interface TabletJob {
  /** The files after the job and the manifest that names them, which is durable. */
  record Result(Manifest manifest, List<Run> runs) {
    /** Closes the files that no view has got: the job was in vain. */
    void closeUnused() {
      for (Run run : runs) {
        run.files().stream().filter(file -> file.views.get() == 0).forEach(TabletFile::close);
      }
    }
  }

  /** Does it; on a fiber. */
  Result run(TabletFolder folder, TabletOptions options, Manifest before, List<Run> runs)
      throws IOException;

  /**
   * Writes a frozen memtable as a new run.
   *
   * @param frozen not written to any more
   * @param index the entry up to which it, with the files, has everything
   * @param state of the group, at that entry
   */
  record Flush(Memtable frozen, long index, byte[] state) implements TabletJob {
    @Override
    public Result run(TabletFolder folder, TabletOptions options, Manifest before, List<Run> runs)
        throws IOException {
      FileBuilder builder =
          new FileBuilder(
              folder.disk,
              folder.fibers,
              folder.path,
              options.fileBytesMax(),
              new FileBuilder.Plan(before.nextFile(), frozen.largestValue()));
      List<Run> after = new ArrayList<>(opened(folder, builder.build(frozen.all())));
      after.addAll(runs);
      return written(
          folder,
          new Manifest(index, before.horizon(), builder.nextNumber(), infos(after), state),
          after);
    }
  }

  /**
   * Merges the newest runs into one; if these are all runs, versions below the horizon go.
   *
   * @param count how many runs, from the newest on
   * @param horizon where collection ends, if all runs are taken in
   */
  record Compaction(int count, Timestamp horizon) implements TabletJob {
    @Override
    public Result run(TabletFolder folder, TabletOptions options, Manifest before, List<Run> runs)
        throws IOException {
      boolean all = count == runs.size();
      List<Iterator<Map.Entry<VersionedKey, byte[]>>> sources = new ArrayList<>();
      int largestValue = 0;
      for (Run run : runs.subList(0, count)) {
        sources.add(run.range(VersionedKey.before(io.meridiandb.row.key.Key.MIN), null, false));
        for (TabletFile file : run.files()) {
          largestValue = Math.max(largestValue, file.largestValue());
        }
      }
      Iterator<Map.Entry<VersionedKey, byte[]>> merged = new MergedVersions(sources, false);
      FileBuilder builder =
          new FileBuilder(
              folder.disk,
              folder.fibers,
              folder.path,
              options.fileBytesMax(),
              new FileBuilder.Plan(before.nextFile(), largestValue));
      List<FileInfo> built = builder.build(all ? new LiveVersions(merged, horizon) : merged);
      List<Run> after = new ArrayList<>(opened(folder, built));
      after.addAll(runs.subList(count, runs.size()));
      return written(
          folder,
          new Manifest(
              before.flushedIndex(),
              all ? Timestamp.max(before.horizon(), horizon) : before.horizon(),
              builder.nextNumber(),
              infos(after),
              before.state()),
          after);
    }
  }

  /** The moment of the checkpoint. */
  private static Result written(TabletFolder folder, Manifest manifest, List<Run> runs)
      throws IOException {
    Result result = new Result(manifest, runs);
    try {
      folder.write(manifest);
      return result;
    } catch (IOException | RuntimeException e) {
      result.closeUnused();
      throw e;
    }
  }

  private static List<Run> opened(TabletFolder folder, List<FileInfo> built) throws IOException {
    List<TabletFile> files = new ArrayList<>();
    for (FileInfo info : built) {
      files.add(TabletFile.open(folder.disk, folder.path, info));
    }
    return files.isEmpty() ? List.of() : List.of(new Run(files));
  }

  private static List<List<FileInfo>> infos(List<Run> runs) {
    return runs.stream().map(run -> run.files().stream().map(file -> file.info).toList()).toList();
  }
}
