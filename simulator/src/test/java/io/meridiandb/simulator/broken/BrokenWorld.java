package io.meridiandb.simulator.broken;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.net.Frames;
import io.meridiandb.kernel.strand.Strand;
import io.meridiandb.kernel.strand.Strands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A server's world with something in front of its strands, its network or its disk. */
final class BrokenWorld {
  private BrokenWorld() {}

  /** The same world, whose strands can be found by name. */
  static Env withNamedStrands(Env env) {
    return new Env(
        new NamedStrands(env.strands()),
        env.fibers(),
        env.clocks(),
        env.random(),
        env.transport(),
        env.disk(),
        env.faults(),
        env.events());
  }

  /** The server strand of a world from {@link #withNamedStrands}, once it is made. */
  static Strand serverStrand(Env env) {
    Strand found = ((NamedStrands) env.strands()).byName.get("server");
    if (found == null) {
      throw new IllegalStateException("the server has no strand yet");
    }
    return found;
  }

  /** The same world with frames rewritten. */
  static Env withFrames(Env env, Frames.Rewriter incoming, Frames.Rewriter outgoing) {
    return new Env(
        env.strands(),
        env.fibers(),
        env.clocks(),
        env.random(),
        Frames.rewriting(env.transport(), incoming, outgoing),
        env.disk(),
        env.faults(),
        env.events());
  }

  /** The same world with a disk that says that it has forced at once. */
  static Env withoutForces(Env env) {
    return new Env(
        env.strands(),
        env.fibers(),
        env.clocks(),
        env.random(),
        env.transport(),
        new ForcelessDisk(env.disk()),
        env.faults(),
        env.events());
  }

  private record NamedStrands(Strands strands, Map<String, Strand> byName) implements Strands {
    NamedStrands(Strands strands) {
      this(strands, new TreeMap<>());
    }

    @Override
    public Strand create(String name) {
      Strand made = strands.create(name);
      byName.put(name, made);
      return made;
    }

    @Override
    public Strand createBlocking(String name) {
      return strands.createBlocking(name);
    }
  }

  private record ForcelessDisk(Disk to) implements Disk {
    @Override
    public DiskFile open(String path) throws IOException {
      return new ForcelessFile(to.open(path));
    }

    @Override
    public boolean exists(String path) {
      return to.exists(path);
    }

    @Override
    public List<String> list(String folder) throws IOException {
      return to.list(folder);
    }

    @Override
    public void createFolders(String folder) throws IOException {
      to.createFolders(folder);
    }

    @Override
    public void rename(String from, String target) throws IOException {
      to.rename(from, target);
    }

    @Override
    public void link(String from, String target) throws IOException {
      to.link(from, target);
    }

    @Override
    public void delete(String path) throws IOException {
      to.delete(path);
    }

    @Override
    public void forceFolder(String folder) throws IOException {
      to.forceFolder(folder);
    }

    @Override
    public MappedFile map(String path) throws IOException {
      return to.map(path);
    }
  }

  private record ForcelessFile(DiskFile to) implements DiskFile {
    @Override
    public String path() {
      return to.path();
    }

    @Override
    public long size() throws IOException {
      return to.size();
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
      return to.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
      to.write(offset, from);
    }

    @Override
    public void setSize(long size) throws IOException {
      to.setSize(size);
    }

    @Override
    public void preallocate(long size) throws IOException {
      to.preallocate(size);
    }

    @Override
    public CompletableFuture<Void> force() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() throws IOException {
      to.close();
    }
  }
}
