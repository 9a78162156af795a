package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** A file as one incarnation has it open. */
final class SimulatedFile implements DiskFile {
  private final SimulatedDisk disk;
  private final Incarnation home;
  private final String path;
  private final StoredFile file;
  private boolean closed;

  SimulatedFile(SimulatedDisk disk, Incarnation home, String path, StoredFile file) {
    this.disk = disk;
    this.home = home;
    this.path = path;
    this.file = file;
  }

  private void enter() throws IOException {
    home.world().checkTurn();
    home.checkAlive();
    if (closed) {
      throw new IOException(path + " is closed");
    }
  }

  private void record(String what, long offset, long value) {
    home.world().trace().add(offset);
    home.world().trace().add(value);
    home.world()
        .trace()
        .line(
            home.world().queue().now(),
            () -> "%s %s %s at %d: %x".formatted(home, what, path, offset, value));
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long size() throws IOException {
    enter();
    return file.seen().size();
  }

  @Override
  public int read(long offset, ByteBuffer into) throws IOException {
    enter();
    if (disk.nextReadFails()) {
      throw new IOException(path + ": the disk reports an error of a read");
    }
    return file.seen().read(offset, into);
  }

  @Override
  public void write(long offset, ByteBuffer from) throws IOException {
    enter();
    if (!disk.roomFor(Math.max(0, offset + from.remaining() - file.seen().size()))) {
      throw new IOException(path + ": no space left on the disk");
    }
    CRC32C sum = new CRC32C();
    sum.update(from.duplicate());
    record("write", offset, sum.getValue());
    file.write(offset, from);
  }

  @Override
  public void setSize(long size) throws IOException {
    enter();
    record("size", size, 0);
    file.setSize(size);
  }

  @Override
  public void preallocate(long size) throws IOException {
    enter();
    if (size > file.seen().size()) {
      if (!disk.roomFor(size - file.seen().size())) {
        throw new DiskFullException(
            "%s: no room for %d bytes; make room on the disk".formatted(path, size));
      }
      setSize(size);
    }
  }

  @Override
  public CompletableFuture<Void> force() {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    try {
      enter();
    } catch (IOException e) {
      done.completeExceptionally(e);
      return done;
    }
    boolean fails = disk.nextForceFails();
    long upTo = file.changes();
    record("force", upTo, 0);
    home.world()
        .queue()
        .post(disk.forceNanos(), "forced " + path, home, () -> finish(done, upTo, fails));
    return done;
  }

  private void finish(CompletableFuture<@Nullable Void> done, long upTo, boolean fails) {
    if (fails) {
      done.completeExceptionally(new IOException(path + ": the disk reports an error of a force"));
    } else {
      if (!disk.ignoresForces()) {
        file.forced(upTo);
      }
      done.complete(null);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
