package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.strand.Strand;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Carries a tablet's jobs out, on a blocking strand of its own: building a file keeps a processor
 * busy for long, which must not be the one that queries wait for. Steps: build and write the files,
 * force them, open and check them, write and force the manifest, rename it into place. Only the
 * last one counts.
 */
final class JobRunner {
  /** The files after a job, and the manifest that names them and is durable. */
  record Result(Manifest manifest, List<Run> runs) {
    /** Closes the files that no view has got: the job was in vain. */
    void closeUnused() {
      for (Run run : runs) {
        run.files().stream().filter(file -> file.views.get() == 0).forEach(TabletFile::close);
      }
    }
  }

  /** How a job ends; called on the job's strand. */
  interface End {
    /** Durable. */
    void done(Result result);

    /** Nothing has changed but files that no manifest names. */
    void failed(Throwable cause);
  }

  private interface Step {
    void run() throws IOException;
  }

  private final Env env;
  private final TabletFolder folder;
  private final TabletOptions options;
  private volatile @Nullable Strand strand;

  JobRunner(Env env, TabletFolder folder, TabletOptions options) {
    this.env = env;
    this.folder = folder;
    this.options = options;
  }

  /** Starts a job; one at a time. */
  void run(TabletJob job, Manifest before, List<Run> runs, End end) {
    step(end, () -> build(job, before, runs, end));
  }

  /** Deletes a file that no manifest names any more. */
  void delete(TabletFile file) {
    strand()
        .execute(() -> {
          try {
            folder.disk.delete(file.path);
          } catch (IOException e) {
            // The next start finds it among the leftovers and tries again.
            env.events().failure("spanserver.tablet", "could not delete " + file.path, e);
          }
        });
  }

  private void build(TabletJob job, Manifest before, List<Run> runs, End end) throws IOException {
    Disk disk = folder.disk;
    FileBuilder builder =
        new FileBuilder(
            disk,
            folder.path,
            options.fileBytesMax(),
            new FileBuilder.Plan(before.nextFile(), job.largestValue(runs)));
    List<FileInfo> built = builder.build(job.versions(runs));
    force(
        builder.unforced(),
        end,
        () -> {
          disk.forceFolder(folder.path);
          List<Run> after = new ArrayList<>(opened(built));
          after.addAll(job.kept(runs));
          writeManifest(
              new Result(job.manifest(before, builder.nextNumber(), infos(after)), after), end);
        });
  }

  private void writeManifest(Result result, End end) throws IOException {
    End closing =
        new End() {
          @Override
          public void done(Result same) {
            end.done(same);
          }

          @Override
          public void failed(Throwable cause) {
            result.closeUnused();
            end.failed(cause);
          }
        };
    step(
        closing,
        () ->
            force(
                List.of(folder.prepare(result.manifest())),
                closing,
                () -> {
                  folder.install();
                  closing.done(result);
                }));
  }

  private List<Run> opened(List<FileInfo> built) throws IOException {
    List<TabletFile> files = new ArrayList<>();
    for (FileInfo info : built) {
      files.add(TabletFile.open(folder.disk, folder.path, info));
    }
    return files.isEmpty() ? List.of() : List.of(new Run(files));
  }

  private static List<List<FileInfo>> infos(List<Run> runs) {
    return runs.stream().map(run -> run.files().stream().map(file -> file.info).toList()).toList();
  }

  /** Forces and closes files, then goes on. */
  private void force(List<DiskFile> files, End end, Step then) {
    CompletableFuture<?>[] forces =
        files.stream().map(DiskFile::force).toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(forces)
        .whenComplete((done, error) ->
            step(
                end,
                () -> {
                  for (DiskFile file : files) {
                    file.close();
                  }
                  if (error != null) {
                    throw new IOException("a force in " + folder.path + " failed", error);
                  }
                  then.run();
                }));
  }

  private void step(End end, Step step) {
    strand()
        .execute(() -> {
          try {
            step.run();
          } catch (IOException | RuntimeException e) {
            end.failed(e);
          }
        });
  }

  /** Made when first needed: most tablets are quiet most of the time. */
  private Strand strand() {
    Strand made = strand;
    if (made == null) {
      made = env.strands().createBlocking("tablet " + folder.path);
      strand = made;
    }
    return made;
  }
}
