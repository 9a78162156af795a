package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A disk on which nothing happens any more from its n-th change on: for tests that let a server die
 * at each of its steps. Changes are writes, changes of size, forces and changes of names. A change
 * that is refused throws; the test then ends the server and starts it on the disk below.
 */
public final class StoppingDisk implements Disk {
  private final Disk below;
  private final long stopAt;
  private long changes;

  /**
   * A disk.
   *
   * @param below carries out what comes before the stop
   * @param stopAt the change, counted from 1, that no longer happens; 0 for none
   */
  public StoppingDisk(Disk below, long stopAt) {
    this.below = below;
    this.stopAt = stopAt;
  }

  /** How many changes were asked for. */
  public long changes() {
    return changes;
  }

  /** Whether the stop was reached. */
  public boolean stopped() {
    return stopAt > 0 && changes >= stopAt;
  }

  private void change() throws IOException {
    changes++;
    if (stopped()) {
      throw new IOException("the disk stops at change " + stopAt);
    }
  }

  @Override
  public DiskFile open(String path) throws IOException {
    return new StoppingFile(below.open(path));
  }

  @Override
  public boolean exists(String path) {
    return below.exists(path);
  }

  @Override
  public List<String> list(String folder) throws IOException {
    return below.list(folder);
  }

  @Override
  public void createFolders(String folder) throws IOException {
    change();
    below.createFolders(folder);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    change();
    below.rename(from, to);
  }

  @Override
  public void link(String from, String to) throws IOException {
    change();
    below.link(from, to);
  }

  @Override
  public void delete(String path) throws IOException {
    change();
    below.delete(path);
  }

  @Override
  public void forceFolder(String folder) throws IOException {
    change();
    below.forceFolder(folder);
  }

  @Override
  public MappedFile map(String path) throws IOException {
    return below.map(path);
  }

  private final class StoppingFile implements DiskFile {
    private final DiskFile file;

    StoppingFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      return file.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
      change();
      file.write(offset, from);
    }

    @Override
    public void setSize(long size) throws IOException {
      change();
      file.setSize(size);
    }

    @Override
    public void preallocate(long size) throws IOException {
      change();
      file.preallocate(size);
    }

    @Override
    public CompletableFuture<Void> force() {
      try {
        change();
        return file.force();
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
