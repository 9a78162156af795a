package io.meridiandb.paxos.log;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.DiskFullException;
import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.strand.Strand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Group commit: everything that is queued while a force is on its way goes out with the next write
 * and the next force. Runs on the log's own strand; only {@link #submit} and {@link #full} are for
 * others.
 *
 * <p>Each segment begins with the hard state of all groups, so that any row of oldest segments may
 * go once no group needs their entries.
 */
final class LogWriter {
  /** How much is written before a force, in bytes, unless a single batch is larger. */
  static final int FORCE_BYTES_MAX = 8 << 20;

  /** A write buffer larger than this is not kept, in bytes. */
  private static final int BUFFER_KEPT_BYTES = 2 * FORCE_BYTES_MAX;

  /** How long all must be quiet before a mark is written. */
  static final Duration MARK_AFTER = Duration.ofMillis(100);

  /** How often a full disk is tried again. */
  static final Duration FULL_RETRY = Duration.ofSeconds(1);

  /** A batch on its way to the disk. */
  static final class Submission {
    final List<LogRecord> records;
    final List<EntryIndex.Slot> slots;
    final int frameBytes;
    final Runnable onDurable;
    Frame.@Nullable Position position;

    Submission(List<LogRecord> records, List<EntryIndex.Slot> slots, Runnable onDurable) {
      this.records = records;
      this.slots = slots;
      this.frameBytes = Frame.HEAD_BYTES + RecordCodec.bytesOf(records);
      this.onDurable = onDurable;
    }
  }

  /** Told on the log's strand, in order. */
  interface Listener {
    /** These are durable, and so is all before them. */
    void durable(List<Submission> batch);

    /** Nothing will be durable any more. */
    void failed(LogFailedException reason);
  }

  private final Env env;
  private final Strand strand;
  private final LogFiles files;
  private final LogOptions options;
  private final Listener listener;
  private final HardState hard;
  private final Deque<Segment> segments;
  private final Queue<Submission> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean pumpDue = new AtomicBoolean();

  private long nextSequence;

  /** Every frame with a lower sequence is durable. */
  private long durableBelow;

  private long nextSegment;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(64 << 10);
  private boolean busy;
  private boolean stateDue = true;
  private long spareBytes;
  private long reserveBytes;
  private boolean spareInWork;
  private @Nullable Step waitsForSpare;
  private volatile boolean full;
  private volatile boolean exhausted;
  private boolean retryDue;
  private @Nullable LogFailedException failure;
  private @Nullable Runnable whenIdle;
  private @Nullable Runnable opened;
  private boolean markDue;
  private boolean closed;

  LogWriter(
      Env env, Strand strand, LogFiles files, LogOptions options, LogRecovery found, Listener to) {
    this.env = env;
    this.strand = strand;
    this.files = files;
    this.options = options;
    this.listener = to;
    this.hard = found.hard();
    this.segments = new ArrayDeque<>(found.segments());
    this.nextSequence = found.nextSequence();
    this.durableBelow = nextSequence;
    this.nextSegment = found.nextSegment();
    this.spareBytes = found.spareBytes();
    this.reserveBytes = found.reserveBytes();
  }

  /** Queues a batch; callable from any thread. */
  void submit(Submission submission) {
    queue.add(submission);
    schedulePump();
  }

  private void schedulePump() {
    if (pumpDue.compareAndSet(false, true)) {
      strand.execute(this::pump);
    }
  }

  /** Whether the disk had no room for another segment when last tried; callable from any thread. */
  boolean full() {
    return full;
  }

  /** Whether the reserve is in use because of that; callable from any thread. */
  boolean exhausted() {
    return exhausted;
  }

  /**
   * Forces what recovery found (a killed process may have left it unforced), goes on to a new
   * segment and writes the hard state there; {@code opened} runs once that is durable.
   */
  void start(Runnable opened) {
    busy = true;
    this.opened = opened;
    Segment last = segments.peekLast();
    CompletableFuture<Void> force =
        last == null ? CompletableFuture.completedFuture(null) : last.file.force();
    whenForced(force, () -> roll(0, this::writeQueued));
  }

  /** Runs {@code action} once nothing is queued or under way; then the log writes no more. */
  void close(Runnable action) {
    whenIdle = action;
    schedulePump();
  }

  Deque<Segment> segments() {
    return segments;
  }

  private void pump() {
    pumpDue.set(false);
    if (busy || failure != null) {
      return;
    }
    Submission first = queue.peek();
    if (first == null) {
      if (whenIdle != null) {
        Runnable action = whenIdle;
        whenIdle = null;
        closed = true;
        action.run();
      }
      return;
    }
    busy = true;
    if (segments.getLast().fits(stateBytes() + first.frameBytes)) {
      guarded(this::writeQueued);
    } else {
      guarded(() -> roll(first.frameBytes, this::writeQueued));
    }
  }

  private int stateBytes() {
    return stateDue ? Frame.HEAD_BYTES + RecordCodec.bytesOf(hard.records()) : 0;
  }

  private void writeQueued() throws IOException {
    Segment segment = segments.getLast();
    List<Submission> batch = new ArrayList<>();
    buffer.clear();
    if (stateDue) {
      encode(new Submission(hard.records(), List.of(), () -> {}), segment);
    }
    boolean alone = queue.size() > 1 && env.faults().maybe("log.tiny-batch");
    for (Submission next = queue.peek(); next != null; next = queue.peek()) {
      int bytes = buffer.position() + next.frameBytes;
      if (!segment.fits(bytes) || (!batch.isEmpty() && (bytes > FORCE_BYTES_MAX || alone))) {
        break;
      }
      queue.remove();
      encode(next, segment);
      hard.apply(next.records);
      HardState.note(next.records, segments, segment);
      batch.add(next);
    }
    env.events().count("log.bytes", buffer.position());
    env.events().count("log.batches", batch.size());
    writeBuffer(segment);
    if (buffer.capacity() > BUFFER_KEPT_BYTES) {
      buffer = ByteBuffer.allocateDirect(BUFFER_KEPT_BYTES);
    }
    refill(spareWanted());
    whenForced(segment.file.force(), () -> forced(batch));
  }

  private void writeBuffer(Segment segment) throws IOException {
    int bytes = buffer.position();
    segment.file.write(segment.end, buffer.flip());
    segment.end += bytes;
  }

  /**
   * When all is quiet, an empty frame that is not forced says that everything before it was
   * durable: without it, damage to the last batch would look like the torn end of a crash.
   */
  private void mark() {
    markDue = false;
    Segment segment = segments.getLast();
    boolean quiet = !busy && !closed && failure == null && queue.isEmpty();
    if (quiet && durableBelow == nextSequence && segment.fits(Frame.HEAD_BYTES)) {
      buffer.clear();
      encode(new Submission(List.of(), List.of(), () -> {}), segment);
      guarded(() -> writeBuffer(segment));
    }
  }

  private void encode(Submission submission, Segment segment) {
    if (buffer.remaining() < submission.frameBytes) {
      int wanted = Math.max(buffer.capacity() * 2, buffer.position() + submission.frameBytes);
      buffer = ByteBuffer.allocateDirect(wanted).put(buffer.flip());
    }
    int start = buffer.position();
    Frame.open(buffer);
    RecordCodec.encode(submission.records, buffer);
    Frame.Position position =
        new Frame.Position(segment.id, segment.end + start, submission.frameBytes);
    Frame.seal(buffer, start, nextSequence++, durableBelow, position);
    submission.position = position;
  }

  private void forced(List<Submission> batch) throws IOException {
    stateDue = false;
    durableBelow = nextSequence;
    env.events().count("log.forces", 1);
    listener.durable(batch);
    releaseSegments();
    if (opened != null) {
      opened.run();
      opened = null;
    }
    done();
  }

  /**
   * The oldest segments go as long as nobody needs them; the newest begins with the hard state. One
   * stays until the spare is in use, to become the next.
   */
  private void releaseSegments() throws IOException {
    while (unneeded() > (spareBytes > 0 || spareInWork ? 1 : 0)) {
      Segment oldest = segments.removeFirst();
      String as = useOf(oldest);
      files.release(oldest, as);
      env.events().count("log.segments.released", 1);
      if (LogFiles.RESERVE.equals(as)) {
        reserveBytes = oldest.bytes;
      } else if (as != null) {
        spareBytes = oldest.bytes;
      }
      fullNoMore();
    }
  }

  private int unneeded() {
    int unneeded = 0;
    for (Segment segment : segments) {
      if (unneeded == segments.size() - 1 || !segment.behindCheckpoints(hard)) {
        break;
      }
      unneeded++;
    }
    return unneeded;
  }

  private @Nullable String useOf(Segment released) {
    if (!spareInWork && reserveBytes == 0 && released.bytes == options.reserveBytes()) {
      return LogFiles.RESERVE;
    }
    return !spareInWork && spareBytes == 0 && released.bytes == options.segmentBytes()
        ? LogFiles.SPARE
        : null;
  }

  /** Goes on to a new segment with room for the hard state and a frame of {@code frameBytes}. */
  private void roll(int frameBytes, Step then) throws IOException {
    if (durableBelow < nextSequence) {
      whenForced(segments.getLast().file.force(), () -> rollAfterMark(frameBytes, then));
      return;
    }
    stateDue = true;
    long needed = (long) SegmentHeader.BYTES + stateBytes() + frameBytes;
    if (spareBytes >= needed) {
      spareBytes = 0;
      use(LogFiles.SPARE, then);
      return;
    }
    if (full && reserveBytes >= needed) {
      reserveBytes = 0;
      exhausted = true;
      env.events().count("log.reserve.used", 1);
      use(LogFiles.RESERVE, then);
      return;
    }
    if (spareBytes > 0) {
      files.drop(LogFiles.SPARE);
      spareBytes = 0;
    }
    waitsForSpare = () -> roll(frameBytes, then);
    refill(Math.max(needed, options.segmentBytes()));
  }

  private void use(String unused, Step then) throws IOException {
    CompletableFuture<Segment> opening = files.use(unused, nextSegment++, nextSequence);
    whenForced(opening, () -> rolled(opening.join(), then));
  }

  /** The next segment says that all before it is durable, so a mark must be too. */
  private void rollAfterMark(int frameBytes, Step then) throws IOException {
    durableBelow = nextSequence;
    roll(frameBytes, then);
  }

  private void rolled(Segment segment, Step then) throws IOException {
    segments.addLast(segment);
    refill(spareWanted());
    then.run();
  }

  /**
   * How large a spare is needed by now, in bytes. None before the segment in use is half full:
   * until then an old segment may become the spare, and the disk is spared the zeroes of a new one.
   */
  private long spareWanted() {
    Segment segment = segments.peekLast();
    boolean soon = segment != null && segment.end > segment.bytes / 2;
    return full || soon ? options.segmentBytes() : 0;
  }

  /**
   * Makes the reserve and the spare if they are not there; the spare first if something waits for
   * it. Preallocating takes long, so it happens on a fiber while the strand goes on.
   */
  private void refill(long spareWanted) {
    boolean reserve = reserveBytes == 0 && waitsForSpare == null;
    if (spareInWork || (!reserve && spareBytes >= spareWanted)) {
      return;
    }
    spareInWork = true;
    String name = reserve ? LogFiles.RESERVE : LogFiles.SPARE;
    long bytes = reserve ? options.reserveBytes() : spareWanted;
    env.fibers()
        .start(
            "log-spare",
            () -> {
              try {
                files.make(name, bytes, env.fibers());
                strand.execute(() -> guarded(() -> made(reserve, bytes)));
              } catch (DiskFullException e) {
                strand.execute(() -> guarded(() -> refused(spareWanted, e)));
              } catch (IOException | RuntimeException e) {
                strand.execute(() -> fail(e));
              }
            });
  }

  private void made(boolean reserve, long bytes) throws IOException {
    spareInWork = false;
    if (reserve) {
      reserveBytes = bytes;
    } else {
      spareBytes = bytes;
      env.events().count("log.segments.made", 1);
    }
    fullNoMore();
    goOn();
    refill(spareWanted());
  }

  private void fullNoMore() {
    if (full && spareBytes > 0 && reserveBytes > 0) {
      full = false;
      exhausted = false;
      env.events()
          .event(Events.Level.INFO, "paxos.log", "the disk has room again: writes are taken");
    }
  }

  /** What waits for a segment looks again. */
  private void goOn() throws IOException {
    Step waiting = waitsForSpare;
    if (waiting != null && failure == null) {
      waitsForSpare = null;
      waiting.run();
    }
  }

  private void refused(long spareWanted, DiskFullException reason) throws IOException {
    spareInWork = false;
    if (!full) {
      full = true;
      String effect =
          opened == null
              ? "writes are refused until there is"
              : "this server cannot start until there is";
      env.events()
          .event(
              Events.Level.ERROR,
              "paxos.log",
              "the disk is full: no room for another log segment (%s); %s"
                  .formatted(reason.getMessage(), effect));
      goOn();
    }
    if (failure == null && !retryDue) {
      retryDue = true;
      strand.schedule(FULL_RETRY, () -> retry(spareWanted));
    }
  }

  private void retry(long spareWanted) {
    retryDue = false;
    refill(Math.max(spareWanted, spareWanted()));
  }

  private void done() {
    busy = false;
    if (!queue.isEmpty() || whenIdle != null) {
      schedulePump();
    } else if (!markDue) {
      markDue = true;
      strand.schedule(MARK_AFTER, this::mark);
    }
  }

  private void whenForced(CompletableFuture<?> force, Step then) {
    force.whenComplete((done, error) -> {
      if (strand.isCurrent()) {
        afterForce(error, then);
      } else {
        strand.execute(() -> afterForce(error, then));
      }
    });
  }

  private void afterForce(@Nullable Throwable error, Step then) {
    if (error != null) {
      fail(error);
    } else {
      guarded(then);
    }
  }

  /** A step that touches the disk. */
  private interface Step {
    void run() throws IOException;
  }

  private void guarded(Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      fail(e);
    }
  }

  private void fail(Throwable cause) {
    if (failure != null) {
      return;
    }
    failure =
        new LogFailedException(
            "the log cannot be written any more (%s); nothing more is acknowledged and the server must stop"
                .formatted(cause.getMessage()),
            cause);
    queue.clear();
    env.events().failure("paxos.log", "a write or force of the log failed", cause);
    listener.failed(failure);
  }
}
