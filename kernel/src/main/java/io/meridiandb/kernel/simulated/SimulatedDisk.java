package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.disk.MemoryMapping;
import io.meridiandb.kernel.disk.SparseBytes;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.simulated.StoredFile.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The disk of one simulated machine. It outlives its server; a crash leaves what was forced, and of
 * the rest what the dice leave: nothing, a first part with a torn write at its end, or any parts.
 */
public final class SimulatedDisk {
  private static final long FORCE_NANOS_MIN = 200_000;
  private static final int FORCE_NANOS_SPREAD = 1_800_000;

  private final SimulatedWorld world;
  private final ServerId server;
  private final RandomSource random;
  private final Names names = new Names();
  private long stalledUntil;
  private long slowerNanos;
  private long bytesMax = Long.MAX_VALUE;
  private int forcesToFail;
  private int readsToFail;
  private boolean forcesIgnored;

  SimulatedDisk(SimulatedWorld world, ServerId server, RandomSource random) {
    this.world = world;
    this.server = server;
    this.random = random;
  }

  /** No force ends for so long: a device that hangs. */
  public void stall(Duration duration) {
    world.faults().fired("disk-stall");
    stalledUntil = Math.max(stalledUntil, world.queue().now() + SimulatedWorld.nanos(duration));
  }

  /** From now on every force takes so much longer: a disk that is about to die. Zero ends it. */
  public void slow(Duration more) {
    if (!more.isZero()) {
      world.faults().fired("disk-slow");
    }
    slowerNanos = SimulatedWorld.nanos(more);
  }

  /** From now on there is room for so many bytes more than there are now. */
  public void roomForMore(long bytes) {
    world.faults().fired("disk-full");
    bytesMax = used() + bytes;
  }

  /** Ends all that was done to it: from now on it is a good disk again. */
  public void repair() {
    stalledUntil = 0;
    slowerNanos = 0;
    bytesMax = Long.MAX_VALUE;
    forcesToFail = 0;
    readsToFail = 0;
  }

  /** From now on there is room for so many bytes in all files together. */
  public void capacity(long bytes) {
    bytesMax = bytes;
  }

  /** The next {@code count} forces fail, and their bytes stay unforced. */
  public void failForces(int count) {
    forcesToFail = count;
  }

  /** From now on forces of bytes say yes and do nothing: to prove that a crash test can fail. */
  public void ignoreForces() {
    forcesIgnored = true;
  }

  /** Turns one bit of a file over. */
  public void flipBit(String path, long offset, int bit) throws IOException {
    world.faults().fired("disk-bit-flip");
    existing(path).flipBit(offset, bit);
  }

  /** Puts other bytes into a file than its server wrote there: a write that was lost or astray. */
  public void damage(String path, long offset, byte[] by) throws IOException {
    existing(path).damage(offset, by);
  }

  /** Cuts a file's end off. */
  public void cutOff(String path, long size) throws IOException {
    existing(path).cutOff(size);
  }

  /** The next {@code count} reads fail: sectors that the device cannot read. */
  public void failReads(int count) {
    readsToFail = count;
  }

  boolean nextReadFails() {
    if (readsToFail > 0) {
      readsToFail--;
      world.faults().fired("disk-read-error");
      world.faults().mattered("disk-read-error");
      return true;
    }
    return false;
  }

  /** Whether a loss of power now could lose bytes: a moment to choose for it. */
  public boolean hasUnforced() {
    return names.all().values().stream().anyMatch(StoredFile::hasUnforced);
  }

  /** All paths on the disk, sorted. */
  public List<String> paths() {
    return List.copyOf(names.all().keySet());
  }

  /** A copy of a file's bytes as its server sees them. */
  public byte[] bytes(String path) throws IOException {
    SparseBytes bytes = existing(path).seen();
    byte[] copy = new byte[Math.toIntExact(bytes.size())];
    bytes.read(0, ByteBuffer.wrap(copy));
    return copy;
  }

  /** The disk as one incarnation uses it. */
  Disk opened(Incarnation home) {
    return new Opened(home);
  }

  boolean losePower() {
    return losePower(Loss.values()[random.nextInt(Loss.values().length)]);
  }

  boolean losePower(Loss loss) {
    boolean lost = names.losePower(loss, random);
    Set<StoredFile> treated = new LinkedHashSet<>();
    for (StoredFile file : names.all().values()) {
      if (treated.add(file)) { // once, however many names it has
        lost |= file.losePower(loss, random);
      }
    }
    stalledUntil = 0;
    if (lost && loss != Loss.ALL) {
      world.faults().fired("torn-tail");
      world.faults().mattered("torn-tail");
    }
    return lost;
  }

  void hashInto(Trace trace) {
    names
        .all()
        .forEach((path, file) -> {
          trace.add(path);
          trace.add(file.seen().size());
          trace.add(sum(file.seen()));
        });
  }

  private static long sum(SparseBytes bytes) {
    CRC32C sum = new CRC32C();
    ByteBuffer part = ByteBuffer.allocate(64 << 10);
    for (long at = 0; at < bytes.size(); at += part.capacity()) {
      bytes.read(at, part.clear());
      sum.update(part.flip());
    }
    return sum.getValue();
  }

  private StoredFile existing(String path) throws NoSuchFileException {
    StoredFile file = names.file(path);
    if (file == null) {
      throw new NoSuchFileException(path);
    }
    return file;
  }

  boolean roomFor(long moreBytes) {
    if (bytesMax == Long.MAX_VALUE) {
      return true;
    }
    boolean room = used() + moreBytes <= bytesMax;
    if (!room) {
      world.faults().mattered("disk-full");
    }
    return room;
  }

  private long used() {
    long used = 0;
    for (StoredFile file : names.all().values()) {
      used += file.seen().size();
    }
    return used;
  }

  boolean ignoresForces() {
    return forcesIgnored;
  }

  boolean nextForceFails() {
    if (forcesToFail > 0) {
      forcesToFail--;
      world.faults().fired("disk-force-error");
      world.faults().mattered("disk-force-error");
      return true;
    }
    return false;
  }

  /** How long a force that starts now takes, in nanoseconds. */
  long forceNanos() {
    long own = FORCE_NANOS_MIN + random.nextInt(FORCE_NANOS_SPREAD) + slowerNanos;
    if (slowerNanos > 0) {
      world.faults().mattered("disk-slow");
    }
    long stalled = stalledUntil - world.queue().now();
    if (stalled > own) {
      world.faults().mattered("disk-stall");
    }
    return Math.max(own, stalled);
  }

  private final class Opened implements Disk {
    private final Incarnation home;

    Opened(Incarnation home) {
      this.home = home;
    }

    private void enter(String what, String path) {
      world.checkTurn();
      home.checkAlive();
      world.trace().add(what);
      world.trace().add(path);
      world.trace().line(world.queue().now(), () -> server + " " + what + " " + path);
    }

    @Override
    public DiskFile open(String path) throws IOException {
      enter("open", path);
      if (!names.folder(Names.folderOf(path))) {
        throw new NoSuchFileException(path, null, "its folder does not exist");
      }
      StoredFile file = names.file(path);
      if (file == null) {
        file = new StoredFile();
        names.put(path, file);
      }
      return new SimulatedFile(SimulatedDisk.this, home, path, file);
    }

    @Override
    public boolean exists(String path) {
      return names.file(path) != null || names.folder(path);
    }

    @Override
    public List<String> list(String folder) {
      return names.list(folder);
    }

    @Override
    public void createFolders(String folder) {
      enter("folder", folder);
      names.createFolders(folder);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      enter("rename " + from, to);
      names.move(from, to, existing(from));
    }

    @Override
    public void link(String from, String to) throws IOException {
      enter("link " + from, to);
      names.put(to, existing(from));
    }

    @Override
    public void delete(String path) {
      enter("delete", path);
      if (names.file(path) != null) {
        names.remove(path);
      }
    }

    @Override
    public void forceFolder(String folder) {
      enter("force folder", folder);
      names.force(folder);
    }

    @Override
    public MappedFile map(String path) throws IOException {
      enter("map", path);
      MappedFile mapping = MemoryMapping.of(existing(path).seen());
      home.add(mapping);
      return mapping;
    }
  }
}
