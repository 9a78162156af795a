package io.meridiandb.kernel.system;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.disk.MemoryMapping;
import io.meridiandb.kernel.disk.SparseBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A disk that lives as long as its JVM: what {@code jdbc:meridian:mem:} universes are kept on. */
public final class MemoryDisk implements Disk {
  private final ReentrantLock lock = new ReentrantLock();
  private final SortedMap<String, Stored> files = new TreeMap<>();
  private final Set<String> folders = new TreeSet<>();

  private static final class Stored {
    private final ReentrantLock lock = new ReentrantLock();
    private final SparseBytes bytes = new SparseBytes();
  }

  private static String folderOf(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private static String nameOf(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private Stored existing(String path) throws NoSuchFileException {
    Stored stored = files.get(path);
    if (stored == null) {
      throw new NoSuchFileException(path);
    }
    return stored;
  }

  @Override
  public DiskFile open(String path) throws IOException {
    lock.lock();
    try {
      String folder = folderOf(path);
      if (!folder.isEmpty() && !folders.contains(folder)) {
        throw new NoSuchFileException(path, null, "its folder does not exist");
      }
      return new MemoryFile(path, files.computeIfAbsent(path, name -> new Stored()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean exists(String path) {
    lock.lock();
    try {
      return path.isEmpty() || files.containsKey(path) || folders.contains(path);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<String> list(String folder) {
    lock.lock();
    try {
      Set<String> names = new TreeSet<>();
      for (Set<String> paths : List.of(files.keySet(), folders)) {
        for (String path : paths) {
          if (folderOf(path).equals(folder)) {
            names.add(nameOf(path));
          }
        }
      }
      return List.copyOf(names);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void createFolders(String folder) {
    lock.lock();
    try {
      for (String path = folder; !path.isEmpty(); path = folderOf(path)) {
        folders.add(path);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    lock.lock();
    try {
      Stored stored = existing(from);
      files.remove(from);
      files.put(to, stored);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void link(String from, String to) throws IOException {
    lock.lock();
    try {
      if (files.putIfAbsent(to, existing(from)) != null) {
        throw new FileAlreadyExistsException(to);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void delete(String path) {
    lock.lock();
    try {
      files.remove(path);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void forceFolder(String folder) {
    // nothing outlives the JVM
  }

  @Override
  public MappedFile map(String path) throws IOException {
    DiskFile file;
    lock.lock();
    try {
      file = new MemoryFile(path, existing(path));
    } finally {
      lock.unlock();
    }
    return MemoryMapping.of(file.size(), file::read);
  }

  private record MemoryFile(String path, Stored stored) implements DiskFile {
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
    public int read(long offset, ByteBuffer into) {
      stored.lock.lock();
      try {
        return stored.bytes.read(offset, into);
      } finally {
        stored.lock.unlock();
      }
    }

    @Override
    public void write(long offset, ByteBuffer from) {
      stored.lock.lock();
      try {
        stored.bytes.write(offset, from);
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
    public void preallocate(long size) {
      if (size > size()) {
        setSize(size);
      }
    }

    @Override
    public CompletableFuture<Void> force() {
      return CompletableFuture.<@Nullable Void>completedFuture(null);
    }

    @Override
    public void close() {
      // the bytes belong to the disk
    }
  }
}
