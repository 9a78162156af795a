package io.meridiandb.spanserver.tablet;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.Invariants;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.paxos.replica.ImageSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Takes another replica's image in (protocol G25): {@link CheckpointImage} tells what they are.
 * They are written beside this tablet's own files and checked; {@link #finish} then puts them in
 * the place of everything in one step, the manifest's. A crash before that step leaves this tablet
 * as it was, after it the tablet is the image. Files that are whole stay over a crash, or if the
 * stream breaks ({@link #suspend}): {@link #resume} checks them again, byte by byte, and goes on
 * behind them if the image is the same.
 *
 * <p>All methods are called on the tablet's strand, and futures complete there. Failures: {@link
 * TabletDamagedException} if the bytes are not what their checksums say, {@link DiskFullException}
 * if there is no room; the tablet is then as it was, and the sink must be {@link #abort}ed. Any
 * other error of the disk is final, as everywhere.
 */
public final class CheckpointInstall implements ImageSink {
  /** How names of files of an unfinished image end. */
  static final String SUFFIX = ".part";

  /** The image's manifest while it is unfinished. */
  static final String MANIFEST_PART = "IMAGE" + SUFFIX;

  /** How much is read at once to check what is here. */
  private static final int CHECKED_BYTES = 1 << 20;

  /** The largest manifest that is taken. */
  static final int MANIFEST_BYTES_MAX = 256 << 20;

  private final TabletFolder folder;
  private final Strand strand;
  private final Strand disk;
  private final Tablet tablet;
  private final Writer writer = new Writer();
  private long accepted;
  private boolean ended;

  CheckpointInstall(Tablet tablet, TabletFolder folder, Strand strand, Strand disk) {
    this.tablet = tablet;
    this.folder = folder;
    this.strand = strand;
    this.disk = disk;
  }

  static String nameOf(FileInfo file) {
    return "%08d%s".formatted(file.number(), SUFFIX);
  }

  /** Takes over what is here of an image with this identity; the future gives this sink. */
  CompletableFuture<CheckpointInstall> resume(ByteString identity) {
    if (identity.isEmpty()) {
      return CompletableFuture.completedFuture(this);
    }
    return onDisk(() -> writer.resume(identity))
        .thenApply(done -> {
          accepted = writer.resumed;
          return this;
        });
  }

  /** How many bytes it has got: where to go on after the stream broke. */
  @Override
  public long position() {
    return accepted;
  }

  /** Takes the bytes at {@code position}; those it has already are skipped. */
  @Override
  public CompletableFuture<Void> write(long position, ByteString bytes) {
    Invariants.check(!ended, "an image gets bytes after its end");
    Invariants.check(
        position <= accepted, "an image of %s bytes so far gets those at %s", accepted, position);
    int known = Math.toIntExact(Math.min(bytes.size(), accepted - position));
    ByteBuffer fresh = ByteBuffer.wrap(bytes.substring(known).toByteArray());
    accepted += fresh.remaining();
    return onDisk(() -> writer.write(fresh));
  }

  /**
   * Makes everything durable and switches the tablet over. When the future completes, {@link
   * Tablet#appliedIndex}, {@link Tablet#flushedIndex} and {@link Tablet#checkpointState} are those
   * of the image.
   */
  @Override
  public CompletableFuture<Void> finish() {
    Invariants.check(!ended, "an image ends twice");
    ended = true;
    CompletableFuture<Void> installed = new CompletableFuture<>();
    onDisk(writer::end)
        .whenComplete((done, error) -> {
          if (error != null) {
            installed.completeExceptionally(error);
          } else {
            tablet.install(writer.manifest(), installed);
          }
        });
    return installed;
  }

  /** The stream broke: files that are whole stay for the next sink. */
  @Override
  public void suspend() {
    ended = true;
    onDisk(writer::close);
    tablet.importEnded();
  }

  /** Gives the image up; what was written of it goes. */
  @Override
  public void abort() {
    ended = true;
    onDisk(writer::drop);
    tablet.importEnded();
  }

  private interface Step {
    void run() throws IOException;
  }

  private CompletableFuture<Void> onDisk(Step step) {
    CompletableFuture<Void> result = new CompletableFuture<>();
    disk.execute(() -> {
      try {
        step.run();
        writer.forced.whenComplete((forced, error) -> strand.execute(() -> ended(result, error)));
      } catch (IOException | RuntimeException e) {
        strand.execute(() -> ended(result, e));
      }
    });
    return result;
  }

  private void ended(CompletableFuture<Void> step, @Nullable Throwable error) {
    if (error == null) {
      step.complete(null);
      return;
    }
    if (!(error instanceof DiskFullException) && !(error instanceof TabletDamagedException)) {
      tablet.diskFailed(error);
    }
    step.completeExceptionally(error);
  }

  /** The part that waits for the disk; used on the disk's strand. */
  private final class Writer {
    private final ByteBuffer manifestLength = ByteBuffer.allocate(4);
    private @Nullable ByteBuffer manifestBytes;
    private @Nullable Manifest manifest;
    private List<FileInfo> files = List.of();
    private int next;
    private @Nullable DiskFile current;
    private CompletableFuture<Void> forced = CompletableFuture.completedFuture(null);
    private CRC32C crc = new CRC32C();
    private long offset;

    /** Bytes of the image that are here already. */
    private long resumed;

    /** The manifest of the image, once it is there. */
    Manifest manifest() {
      Manifest read = manifest;
      if (read == null) {
        throw Invariants.unreachable("an image in %s ends before its manifest", folder.path);
      }
      return read;
    }

    boolean whole() {
      return manifest != null && next == files.size();
    }

    void write(ByteBuffer bytes) throws IOException {
      while (bytes.hasRemaining()) {
        if (manifest == null) {
          head(bytes);
        } else {
          file(bytes);
        }
      }
    }

    private void head(ByteBuffer bytes) throws IOException {
      fill(manifestLength, bytes);
      if (manifestLength.hasRemaining()) {
        return;
      }
      ByteBuffer into = manifestBytes;
      if (into == null) {
        int length = manifestLength.getInt(0);
        if (length <= 0 || length > MANIFEST_BYTES_MAX) {
          throw damaged("says its manifest has %d bytes".formatted(length));
        }
        folder.deleteParts();
        into = ByteBuffer.allocate(length);
        manifestBytes = into;
      }
      fill(into, bytes);
      if (!into.hasRemaining()) {
        Manifest read = Manifest.decode(into.flip(), "the manifest of an image for " + folder.path);
        manifest = read;
        files = read.files();
        keep(into.rewind());
      }
    }

    /** Remembers which image it is, for {@link #resume}. */
    private void keep(ByteBuffer encoded) throws IOException {
      DiskFile file = folder.disk.open(folder.path + "/" + MANIFEST_PART);
      file.setSize(0);
      file.preallocate(encoded.remaining());
      file.write(0, encoded);
      forced = CompletableFuture.allOf(forced, forceAndClose(file));
    }

    /** What is whole, and what the image says it is; forced again, nobody knows if it was. */
    void resume(ByteString identity) throws IOException {
      Manifest known = folder.unfinished();
      if (known == null || !CheckpointImage.identityOf(known).equals(identity)) {
        return;
      }
      manifest = known;
      files = known.files();
      resumed = 4L + known.encode().remaining();
      while (next < files.size() && isWhole(files.get(next))) {
        resumed += files.get(next).bytes();
        next++;
      }
    }

    private boolean isWhole(FileInfo info) throws IOException {
      String path = folder.path + "/" + nameOf(info);
      if (!folder.disk.exists(path)) {
        return false;
      }
      DiskFile file = folder.disk.open(path);
      CRC32C found = new CRC32C();
      long at = 0;
      ByteBuffer part = ByteBuffer.allocate(CHECKED_BYTES);
      while (file.size() == info.bytes() && file.read(at, part.clear()) > 0) {
        at += part.flip().remaining();
        found.update(part);
      }
      boolean whole = at == info.bytes() && (int) found.getValue() == info.crc();
      if (whole) {
        forced = CompletableFuture.allOf(forced, forceAndClose(file));
      } else {
        file.close();
      }
      return whole;
    }

    private static void fill(ByteBuffer into, ByteBuffer from) {
      int length = Math.min(into.remaining(), from.remaining());
      into.put(from.slice(from.position(), length));
      from.position(from.position() + length);
    }

    private void file(ByteBuffer bytes) throws IOException {
      if (next == files.size()) {
        throw damaged("has %d bytes too many".formatted(bytes.remaining()));
      }
      FileInfo info = files.get(next);
      DiskFile file = current;
      if (file == null) {
        file = folder.disk.open(folder.path + "/" + nameOf(info));
        current = file;
        file.setSize(0);
        file.preallocate(info.bytes());
      }
      int length = (int) Math.min(bytes.remaining(), info.bytes() - offset);
      ByteBuffer part = bytes.slice(bytes.position(), length);
      crc.update(part.duplicate());
      file.write(offset, part);
      bytes.position(bytes.position() + length);
      offset += length;
      if (offset == info.bytes()) {
        if ((int) crc.getValue() != info.crc()) {
          throw damaged(
              "has %s with checksum %08x, its manifest says %08x"
                  .formatted(info.name(), (int) crc.getValue(), info.crc()));
        }
        forced = CompletableFuture.allOf(forced, forceAndClose(file));
        current = null;
        crc = new CRC32C();
        offset = 0;
        next++;
      }
    }

    private static CompletableFuture<Void> forceAndClose(DiskFile file) {
      return file.force()
          .thenAccept(done -> {
            try {
              file.close();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }

    void end() throws IOException {
      if (!whole()) {
        throw damaged("ends in its middle");
      }
      folder.disk.forceFolder(folder.path);
    }

    void close() throws IOException {
      if (current != null) {
        current.close();
        current = null;
      }
    }

    void drop() throws IOException {
      close();
      folder.deleteParts();
    }

    private TabletDamagedException damaged(String how) {
      return new TabletDamagedException(
          "an image for %s %s; it is thrown away".formatted(folder.path, how));
    }
  }
}
