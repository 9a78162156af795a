package io.meridiandb.paxos.log;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.event.Events;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a log folder at the start of a server.
 *
 * <p>Frames are read in sequence. Where the next one is missing or broken, three cases differ: the
 * next segment begins with just that sequence (a former recovery cut here: go on there); nothing
 * behind proves that the frame was ever durable (the torn tail of a crash: cut here); otherwise a
 * durable frame is damaged, and the server must not start, because it may have voted for it
 * (reliability T17, T20). A batch has a witness once another is written or all is quiet for {@link
 * LogWriter#MARK_AFTER}; damage to the very last batch before a crash looks like a torn tail.
 */
final class LogRecovery {
  private final Env env;
  private final LogFiles files;
  private final List<Segment> segments = new ArrayList<>();
  private final HardState hard = new HardState();
  private final RecoveredEntries entries;
  private long nextSequence = 1;
  private long nextSegment = 1;
  private long spareBytes;
  private long reserveBytes;

  private LogRecovery(Env env, LogFiles files, LogOptions options) {
    this.env = env;
    this.files = files;
    this.entries = new RecoveredEntries(options.cacheBytes());
  }

  /**
   * Reads the folder.
   *
   * @throws LogDamagedException if a durable record is damaged or the log is not this server's
   */
  static LogRecovery run(Env env, LogFiles files, LogOptions options) throws IOException {
    LogRecovery recovery = new LogRecovery(env, files, options);
    recovery.readSegments();
    recovery.spareBytes = bytesOrDrop(files, LogFiles.SPARE, options.segmentBytes());
    recovery.reserveBytes = bytesOrDrop(files, LogFiles.RESERVE, options.reserveBytes());
    return recovery;
  }

  private static long bytesOrDrop(LogFiles files, String unused, long bytesMin) throws IOException {
    long bytes = files.bytesOf(unused);
    if (bytes > 0 && bytes < bytesMin) {
      files.drop(unused);
      return 0;
    }
    return bytes;
  }

  HardState hard() {
    return hard;
  }

  RecoveredEntries entries() {
    return entries;
  }

  /** The segments found, oldest first, open. */
  List<Segment> segments() {
    return segments;
  }

  long nextSequence() {
    return nextSequence;
  }

  long nextSegment() {
    return nextSegment;
  }

  long spareBytes() {
    return spareBytes;
  }

  long reserveBytes() {
    return reserveBytes;
  }

  private void readSegments() throws IOException {
    List<SegmentHeader> headers = new ArrayList<>();
    List<DiskFile> opened = new ArrayList<>();
    List<Long> ids = files.list();
    for (int i = 0; i < ids.size(); i++) {
      long id = ids.get(i);
      nextSegment = id + 1;
      DiskFile file = files.open(id);
      SegmentHeader header = headerOf(file, id, i == ids.size() - 1);
      if (header == null) {
        file.close();
        files.dropUnused(id);
      } else {
        headers.add(header);
        opened.add(file);
      }
    }
    if (!headers.isEmpty()) {
      nextSequence = headers.getFirst().firstSequence();
    }
    for (int i = 0; i < headers.size(); i++) {
      readSegment(
          headers.get(i), opened.get(i), i + 1 < headers.size() ? headers.get(i + 1) : null);
    }
  }

  /** The header; null if the segment was made but never used. */
  private @Nullable SegmentHeader headerOf(DiskFile file, long id, boolean last)
      throws IOException {
    SegmentReader reader = new SegmentReader(file);
    SegmentHeader header = reader.header();
    if (header != null && header.segment() == id) {
      files.checkOwner(header, id);
      return header;
    }
    if (last && reader.frame(id, SegmentHeader.BYTES) == null) {
      return null;
    }
    throw new LogDamagedException(
        "the header of log segment %s is damaged; restore the file or replace this server with a new one"
            .formatted(file.path()));
  }

  private void readSegment(SegmentHeader header, DiskFile file, @Nullable SegmentHeader next)
      throws IOException {
    if (header.firstSequence() != nextSequence) {
      throw new LogDamagedException(
          "log segment %s begins with record %d, but record %d is wanted: a segment before it is missing"
              .formatted(file.path(), header.firstSequence(), nextSequence));
    }
    if (file.size() < header.bytes()) {
      throw new LogDamagedException(
          "log segment %s has %d bytes, but it was made with %d: its end is missing; restore the file or replace this server with a new one"
              .formatted(file.path(), file.size(), header.bytes()));
    }
    SegmentReader reader = new SegmentReader(file);
    Segment segment = new Segment(header.segment(), file, SegmentHeader.BYTES);
    segments.add(segment);
    long stop = next == null ? Long.MAX_VALUE : next.firstSequence();
    while (nextSequence < stop) {
      Frame frame = reader.frame(segment.id, segment.end);
      if (frame == null || frame.sequence() != nextSequence) {
        if (next != null && next.segment() > segment.id + 1) {
          throw new LogDamagedException(
              "log segment %s, or one behind it, is missing: record %d is wanted and the next segment begins with record %d; restore it or replace this server with a new one"
                  .formatted(LogFiles.path(segment.id + 1), nextSequence, next.firstSequence()));
        }
        if (next != null) {
          throw damaged(segment, "segment %d begins behind it".formatted(next.segment()));
        }
        cut(reader, segment);
        return;
      }
      List<LogRecord> records = RecordCodec.decode(frame.body());
      hard.apply(records);
      HardState.note(records, segments, segment);
      entries.apply(records, frame.position());
      segment.end += frame.position().bytes();
      nextSequence++;
    }
  }

  private void cut(SegmentReader reader, Segment segment) throws IOException {
    Frame proof = reader.proofBehind(segment.id, segment.end, nextSequence);
    if (proof != null) {
      throw damaged(
          segment,
          "record %d at %d proves it".formatted(proof.sequence(), proof.position().offset()));
    }
    env.events()
        .event(
            Events.Level.INFO,
            "paxos.log",
            "the log ends at record %d, offset %d of %s"
                .formatted(nextSequence - 1, segment.end, segment.file.path()));
  }

  private LogDamagedException damaged(Segment segment, String proof) {
    return new LogDamagedException(
        "record %d at offset %d of log segment %s was durable (%s) but is damaged; this server may have voted for it, so it must not start: replace it with a new one"
            .formatted(nextSequence, segment.end, segment.file.path(), proof));
  }
}
