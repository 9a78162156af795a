package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.Env;
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

  /** Set and read on the strand: the folder is empty from now on. */
  private boolean discarded;

  JobRunner(Env env, TabletFolder folder, TabletOptions options) {
    this.env = env;
    this.folder = folder;
    this.options = options;
  }

  /** Starts a job; one at a time. */
  void run(TabletJob job, Manifest before, End end) {
    step(
        end,
        () -> {
          checkNotDiscarded();
          switch (job) {
            case TabletJob.Build build -> build(build, before, end);
            case TabletJob.Install install -> install(install, before, end);
          }
        });
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

  /** Deletes what was put aside: another replica's image has taken its place. */
  void deleteDamaged() {
    strand()
        .execute(() -> {
          try {
            folder.deleteDamaged();
            folder.deleteParts();
          } catch (IOException e) {
            env.events().failure("spanserver.tablet", "could not clean " + folder.path, e);
          }
        });
  }

  private void build(TabletJob.Build job, Manifest before, End end) throws IOException {
    FileBuilder builder =
        new FileBuilder(
            folder.disk,
            folder.path,
            options.fileBytesMax(),
            new FileBuilder.Plan(before.nextFile(), job.largestValue()));
    List<FileInfo> built = builder.build(job.versions());
    force(
        builder.unforced(),
        end,
        () -> {
          folder.disk.forceFolder(folder.path);
          List<Run> after = new ArrayList<>();
          if (!built.isEmpty()) {
            after.add(new Run(opened(built), RangeSet.EMPTY));
          }
          after.addAll(job.kept());
          writeManifest(
              new Result(job.manifest(before, builder.nextNumber(), infos(after)), after), end);
        });
  }

  /** The image's files are durable already, under names of their own. */
  private void install(TabletJob.Install job, Manifest before, End end) throws IOException {
    long number = before.nextFile();
    List<Run> after = new ArrayList<>();
    for (Manifest.RunInfo run : job.image().runs()) {
      List<FileInfo> files = new ArrayList<>();
      for (FileInfo file : run.files()) {
        FileInfo here = file.numbered(number++);
        folder.disk.rename(
            folder.path + "/" + CheckpointInstall.nameOf(file), folder.path + "/" + here.name());
        files.add(here);
      }
      after.add(new Run(opened(files), new RangeSet(run.wiped())));
    }
    folder.disk.forceFolder(folder.path);
    writeManifest(new Result(job.manifest(before, number, infos(after)), after), end);
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

  private List<TabletFile> opened(List<FileInfo> infos) throws IOException {
    List<TabletFile> files = new ArrayList<>();
    for (FileInfo info : infos) {
      files.add(TabletFile.open(folder.disk, folder.path, info));
    }
    return files;
  }

  private static List<Manifest.RunInfo> infos(List<Run> runs) {
    return runs.stream()
        .map(run ->
            new Manifest.RunInfo(
                run.files().stream().map(file -> file.info).toList(), run.hidden().ranges()))
        .toList();
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
                  checkNotDiscarded();
                  then.run();
                }));
  }

  private void checkNotDiscarded() throws IOException {
    if (discarded) {
      throw new IOException(folder.path + " is not needed any more");
    }
  }

  /** Deletes everything; a job that is under way ends in vain. */
  CompletableFuture<Void> discard() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    strand()
        .execute(() -> {
          try {
            discarded = true;
            folder.deleteAll();
            done.complete(null);
          } catch (IOException e) {
            done.completeExceptionally(e);
          }
        });
    return done;
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

  /**
   * Where jobs run, and all that waits for the disk. Made when first needed: most tablets are quiet
   * most of the time.
   */
  Strand strand() {
    Strand made = strand;
    if (made == null) {
      made = env.strands().createBlocking("tablet " + folder.path);
      strand = made;
    }
    return made;
  }
}
