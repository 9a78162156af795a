package io.meridiandb.kernel.system;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.disk.MappedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A server's folder on the host's file system. Everything that waits for the device blocks. */
public final class FileDisk implements Disk {
  private static final int ZEROES_BYTES = 1 << 20;

  private final Path root;

  /** The files below {@code root}, which must be a folder. */
  public FileDisk(Path root) {
    this.root = root.toAbsolutePath().normalize();
  }

  private Path resolve(String path) {
    Path resolved = root.resolve(path).normalize();
    if (!resolved.startsWith(root)) {
      throw new IllegalArgumentException(path + " leads out of the data folder");
    }
    return resolved;
  }

  @Override
  public DiskFile open(String path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            resolve(path),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE);
    return new OpenFile(path, channel);
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  @Override
  public List<String> list(String folder) throws IOException {
    Path resolved = resolve(folder);
    if (!Files.isDirectory(resolved)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(resolved)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public void createFolders(String folder) throws IOException {
    Files.createDirectories(resolve(folder));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void link(String from, String to) throws IOException {
    Files.createLink(resolve(to), resolve(from));
  }

  @Override
  public void delete(String path) throws IOException {
    Files.deleteIfExists(resolve(path));
  }

  @Override
  public void forceFolder(String folder) throws IOException {
    forceNames(resolve(folder));
  }

  /** Makes the names in a folder durable. */
  static void forceNames(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public MappedFile map(String path) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(resolve(path), StandardOpenOption.READ)) {
      MemorySegment segment = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new Mapping(segment, arena);
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private record Mapping(MemorySegment segment, Arena arena) implements MappedFile {
    @Override
    public void close() {
      if (arena.scope().isAlive()) {
        arena.close();
      }
    }
  }

  private record OpenFile(String path, FileChannel channel) implements DiskFile {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      return channel.read(into, offset);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
      long at = offset;
      while (from.hasRemaining()) {
        at += channel.write(from, at);
      }
    }

    @Override
    public void setSize(long size) throws IOException {
      long now = channel.size();
      if (size < now) {
        channel.truncate(size);
      } else if (size > now) {
        channel.write(ByteBuffer.allocate(1), size - 1);
      }
    }

    @Override
    public void preallocate(long size) throws IOException {
      long before = channel.size();
      ByteBuffer zeroes =
          ByteBuffer.allocate((int) Math.min(ZEROES_BYTES, Math.max(0, size - before)));
      try {
        // Zeroes are really written: space that is only promised can still be missing later, and
        // forcing bytes into written blocks needs no change of the file's metadata.
        for (long at = before; at < size; at += zeroes.capacity()) {
          zeroes.clear().limit((int) Math.min(zeroes.capacity(), size - at));
          write(at, zeroes);
        }
      } catch (IOException e) {
        if (!isNoSpace(e)) {
          throw e;
        }
        channel.truncate(before);
        throw new DiskFullException(
            "%s: no room for %d bytes; make room on the disk".formatted(path, size - before));
      }
    }

    private static boolean isNoSpace(IOException e) {
      String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
      return text.contains("no space left") || text.contains("quota exceeded");
    }

    @Override
    public CompletableFuture<Void> force() {
      CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
      try {
        channel.force(false);
        done.complete(null);
      } catch (IOException e) {
        done.completeExceptionally(e);
      }
      return done;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
