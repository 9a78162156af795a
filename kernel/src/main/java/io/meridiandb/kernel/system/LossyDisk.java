package io.meridiandb.kernel.system;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.disk.MemoryMapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@code kill -9} as strong as a power cut: what was not forced stays in this process and
 * dies with it. That holds for bytes and lengths (until {@link DiskFile#force}) and for names made,
 * moved, linked and deleted (until {@link #forceFolder}, which then applies the changes of that
 * folder in their order). New folders and preallocated zeroes pass through at once. For tests of
 * real processes.
 *
 * <p>The bytes themselves are kept below in the folder {@value #ANCHORS}, one file for each that
 * was touched; the names below are further links to them. What an earlier process left there is
 * cleared away.
 */
public final class LossyDisk implements Disk {
  /** What a force does. */
  public enum Forces {
    /** Passes everything on and forces it: an honest disk. */
    HONEST,
    /** Says yes and does nothing: with it, a crash test must fail, or it tests nothing. */
    IGNORED
  }

  static final String ANCHORS = ".lossy";

  private final Disk below;
  private final Forces forces;
  private final ReentrantLock lock = new ReentrantLock();

  /** The paths touched so far and what they stand for now; null if nothing is there. */
  private final Map<String, @Nullable Stored> touched = new TreeMap<>();

  private final List<Change> unforced = new ArrayList<>();
  private final List<Stored> all = new ArrayList<>();
  private long anchorsMade;

  /** The bytes behind one or more names. */
  private record Stored(String anchor, UnforcedBytes bytes, ReentrantLock lock) {}

  /** A change of names that the disk below has not seen. */
  private record Change(Set<String> folders, Stored about, Step step) {
    interface Step {
      void apply() throws IOException;
    }
  }

  /**
   * Wraps the real disk.
   *
   * @throws UncheckedIOException if what an earlier process left cannot be cleared away
   */
  public LossyDisk(Disk below, Forces forces) {
    this.below = below;
    this.forces = forces;
    try {
      below.createFolders(ANCHORS);
      for (String left : below.list(ANCHORS)) {
        below.delete(ANCHORS + "/" + left);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String folderOf(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** What {@code path} stands for; looks below at the first touch. */
  private @Nullable Stored touch(String path) throws IOException {
    if (!touched.containsKey(path)) {
      Stored found = null;
      if (below.exists(path)) {
        String anchor = nextAnchor();
        below.link(path, anchor);
        found = stored(anchor);
      }
      touched.put(path, found);
    }
    return touched.get(path);
  }

  private Stored existing(String path) throws IOException {
    Stored stored = touch(path);
    if (stored == null) {
      throw new NoSuchFileException(path);
    }
    return stored;
  }

  private String nextAnchor() {
    return ANCHORS + "/" + ++anchorsMade;
  }

  private Stored stored(String anchor) throws IOException {
    try (DiskFile file = below.open(anchor)) {
      Stored stored = new Stored(anchor, new UnforcedBytes(file.size()), new ReentrantLock());
      all.add(stored);
      return stored;
    }
  }

  private void changed(Stored about, Change.Step step, String... paths) {
    if (forces == Forces.HONEST) {
      Set<String> folders = new TreeSet<>();
      for (String path : paths) {
        folders.add(folderOf(path));
      }
      unforced.add(new Change(folders, about, step));
    }
  }

  private void checkFolder(String path) throws NoSuchFileException {
    if (!below.exists(folderOf(path))) {
      throw new NoSuchFileException(path, null, "its folder does not exist");
    }
  }

  @Override
  public DiskFile open(String path) throws IOException {
    lock.lock();
    try {
      Stored stored = touch(path);
      if (stored == null) {
        checkFolder(path);
        Stored made = stored(nextAnchor());
        touched.put(path, made);
        changed(made, () -> below.link(made.anchor, path), path);
        stored = made;
      }
      return new LossyFile(path, below.open(stored.anchor), stored, forces);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean exists(String path) {
    lock.lock();
    try {
      return touched.containsKey(path) ? touched.get(path) != null : below.exists(path);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    lock.lock();
    try {
      Set<String> names = new TreeSet<>(below.list(folder));
      if (folder.isEmpty()) {
        names.remove(ANCHORS);
      }
      touched.forEach((path, stored) -> {
        if (folderOf(path).equals(folder)) {
          String name = path.substring(path.lastIndexOf('/') + 1);
          if (stored == null) {
            names.remove(name);
          } else {
            names.add(name);
          }
        }
      });
      return List.copyOf(names);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void createFolders(String folder) throws IOException {
    below.createFolders(folder);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    lock.lock();
    try {
      Stored stored = existing(from);
      checkFolder(to);
      if (stored.equals(touch(to))) {
        return; // two names of one file: as rename(2), nothing happens
      }
      touched.put(from, null);
      touched.put(to, stored);
      changed(stored, () -> below.rename(from, to), from, to);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void link(String from, String to) throws IOException {
    lock.lock();
    try {
      Stored stored = existing(from);
      checkFolder(to);
      if (touch(to) != null) {
        throw new FileAlreadyExistsException(to);
      }
      touched.put(to, stored);
      changed(stored, () -> below.link(stored.anchor, to), to);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void delete(String path) throws IOException {
    lock.lock();
    try {
      Stored stored = touch(path);
      if (stored != null) {
        touched.put(path, null);
        changed(stored, () -> below.delete(path), path);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forceFolder(String folder) throws IOException {
    lock.lock();
    try {
      Set<String> wanted = new LinkedHashSet<>(List.of(folder));
      List<Change> chosen = new ArrayList<>();
      // Backwards: a change that is wanted brings along those of its other folder before it.
      for (Change change : unforced.reversed()) {
        if (change.folders.stream().anyMatch(wanted::contains)) {
          wanted.addAll(change.folders);
          chosen.addFirst(change);
        }
      }
      for (Change change : chosen) {
        change.step.apply();
      }
      unforced.removeAll(chosen);
      if (forces == Forces.HONEST) {
        for (String each : wanted) {
          below.forceFolder(each);
        }
      }
      dropUnnamed();
    } finally {
      lock.unlock();
    }
  }

  /** Deletes the anchors of bytes that have no name any more; open files keep theirs. */
  private void dropUnnamed() throws IOException {
    List<String> named = new ArrayList<>();
    touched.values().forEach(stored -> named.add(stored == null ? "" : stored.anchor));
    unforced.forEach(change -> named.add(change.about.anchor));
    Set<String> needed = new TreeSet<>(named);
    for (Stored stored : List.copyOf(all)) {
      if (!needed.contains(stored.anchor)) {
        below.delete(stored.anchor);
        all.removeIf(each -> each.anchor.equals(stored.anchor));
      }
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException if the file has bytes that are not forced: a crash would leave another file
   *     than the one that is being read
   */
  @Override
  public MappedFile map(String path) throws IOException {
    Stored stored;
    lock.lock();
    try {
      stored = existing(path);
    } finally {
      lock.unlock();
    }
    try (LossyFile file = new LossyFile(path, below.open(stored.anchor), stored, forces)) {
      if (file.isForced()) {
        return below.map(stored.anchor);
      }
      if (forces == Forces.IGNORED) {
        return MemoryMapping.of(file.size(), file::read);
      }
      throw new IOException(path + " has bytes that were not forced; force it before it is mapped");
    }
  }

  private record LossyFile(String path, DiskFile below, Stored stored, Forces forces)
      implements DiskFile {
    boolean isForced() throws IOException {
      stored.lock.lock();
      try {
        return stored.bytes.isEmpty(below);
      } finally {
        stored.lock.unlock();
      }
    }

    @Override
    public long size() {
      stored.lock.lock();
      try {
        return stored.bytes.size();
      } finally {
        stored.lock.unlock();
      }
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      stored.lock.lock();
      try {
        return stored.bytes.read(below, offset, into);
      } finally {
        stored.lock.unlock();
      }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
      stored.lock.lock();
      try {
        stored.bytes.write(below, offset, from);
      } finally {
        stored.lock.unlock();
      }
    }

    @Override
    public void setSize(long size) {
      stored.lock.lock();
      try {
        stored.bytes.setSize(size);
      } finally {
        stored.lock.unlock();
      }
    }

    @Override
    public void preallocate(long size) throws IOException {
      stored.lock.lock();
      try {
        if (forces == Forces.HONEST) {
          stored.bytes.preallocate(below, size);
        } else {
          stored.bytes.setSize(Math.max(size, stored.bytes.size()));
        }
      } finally {
        stored.lock.unlock();
      }
    }

    @Override
    public CompletableFuture<Void> force() {
      if (forces == Forces.IGNORED) {
        return CompletableFuture.completedFuture(null);
      }
      stored.lock.lock();
      try {
        stored.bytes.passOn(below);
      } catch (IOException e) {
        return CompletableFuture.failedFuture(e);
      } finally {
        stored.lock.unlock();
      }
      return below.force();
    }

    @Override
    public void close() throws IOException {
      below.close();
    }
  }
}
