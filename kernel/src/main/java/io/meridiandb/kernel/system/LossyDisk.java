package io.meridiandb.kernel.system;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.disk.MemoryMapping;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@code kill -9} as strong as a power cut: bytes written stay in this process until they are
 * forced, and die with it. Names and sizes pass through at once. For tests of real processes.
 */
public final class LossyDisk implements Disk {
  /** What a force does. */
  public enum Forces {
    /** Passes the bytes on and forces them: an honest disk. */
    HONEST,
    /** Says yes and does nothing: with it, a crash test must fail, or it tests nothing. */
    IGNORED
  }

  private static final int PAGE_BYTES = 16 << 10;

  private final Disk below;
  private final Forces forces;
  private final Map<String, Unforced> unforced = new ConcurrentHashMap<>();

  /** Wraps the real disk. */
  public LossyDisk(Disk below, Forces forces) {
    this.below = below;
    this.forces = forces;
  }

  @Override
  public DiskFile open(String path) throws IOException {
    DiskFile file = below.open(path);
    return new LossyFile(file, unforced.computeIfAbsent(path, name -> new Unforced()), forces);
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
    below.createFolders(folder);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    below.rename(from, to);
    Unforced pages = unforced.remove(from);
    if (pages == null) {
      unforced.remove(to);
    } else {
      unforced.put(to, pages);
    }
  }

  @Override
  public void link(String from, String to) throws IOException {
    below.link(from, to);
    unforced.put(to, unforced.computeIfAbsent(from, name -> new Unforced()));
  }

  @Override
  public void delete(String path) throws IOException {
    below.delete(path);
    unforced.remove(path);
  }

  @Override
  public void forceFolder(String folder) throws IOException {
    if (forces == Forces.HONEST) {
      below.forceFolder(folder);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>A file with unforced bytes is shown from a copy in memory.
   */
  @Override
  public MappedFile map(String path) throws IOException {
    Unforced pages = unforced.get(path);
    if (pages == null || pages.isEmpty()) {
      return below.map(path);
    }
    try (DiskFile file = open(path)) {
      return MemoryMapping.of(file.size(), file::read);
    }
  }

  /** Pages of one file that differ from what the disk below has. */
  private static final class Unforced {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, byte[]> pages = new TreeMap<>();
    private long end;

    boolean isEmpty() {
      lock.lock();
      try {
        return pages.isEmpty();
      } finally {
        lock.unlock();
      }
    }
  }

  private record LossyFile(DiskFile below, Unforced unforced, Forces forces) implements DiskFile {
    @Override
    public String path() {
      return below.path();
    }

    @Override
    public long size() throws IOException {
      unforced.lock.lock();
      try {
        return Math.max(below.size(), unforced.end);
      } finally {
        unforced.lock.unlock();
      }
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      unforced.lock.lock();
      try {
        long left = size() - offset;
        if (left <= 0) {
          return into.hasRemaining() ? -1 : 0;
        }
        int total = (int) Math.min(left, into.remaining());
        for (int done = 0; done < total; ) {
          long at = offset + done;
          int within = (int) (at % PAGE_BYTES);
          int length = Math.min(PAGE_BYTES - within, total - done);
          byte @Nullable [] page = unforced.pages.get(at / PAGE_BYTES);
          into.put(page == null ? pageBelow(at / PAGE_BYTES) : page, within, length);
          done += length;
        }
        return total;
      } finally {
        unforced.lock.unlock();
      }
    }

    private byte[] pageBelow(long number) throws IOException {
      ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
      long start = number * PAGE_BYTES;
      while (page.hasRemaining() && below.read(start + page.position(), page) > 0) {
        // until the page is full or the file ends
      }
      return page.array();
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
      unforced.lock.lock();
      try {
        long at = offset;
        while (from.hasRemaining()) {
          long number = at / PAGE_BYTES;
          byte[] page = unforced.pages.get(number);
          if (page == null) {
            page = pageBelow(number);
            unforced.pages.put(number, page);
          }
          int within = (int) (at % PAGE_BYTES);
          int length = Math.min(PAGE_BYTES - within, from.remaining());
          from.get(page, within, length);
          at += length;
        }
        unforced.end = Math.max(unforced.end, at);
      } finally {
        unforced.lock.unlock();
      }
    }

    @Override
    public void setSize(long size) throws IOException {
      unforced.lock.lock();
      try {
        passOn();
        below.setSize(size);
        unforced.end = 0;
      } finally {
        unforced.lock.unlock();
      }
    }

    @Override
    public void preallocate(long size) throws IOException {
      below.preallocate(size);
    }

    @Override
    public CompletableFuture<Void> force() {
      if (forces == Forces.IGNORED) {
        return CompletableFuture.completedFuture(null);
      }
      unforced.lock.lock();
      try {
        passOn();
        return below.force();
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      } finally {
        unforced.lock.unlock();
      }
    }

    /** Writes all pages to the disk below. */
    private void passOn() throws IOException {
      long size = size();
      for (Map.Entry<Long, byte[]> entry : unforced.pages.entrySet()) {
        long start = entry.getKey() * PAGE_BYTES;
        int length = (int) Math.min(PAGE_BYTES, size - start);
        below.write(start, ByteBuffer.wrap(entry.getValue(), 0, length));
      }
      unforced.pages.clear();
      unforced.end = 0;
    }

    @Override
    public void close() throws IOException {
      below.close();
    }
  }
}
