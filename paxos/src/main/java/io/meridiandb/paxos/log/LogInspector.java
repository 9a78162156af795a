package io.meridiandb.paxos.log;

import io.meridiandb.kernel.disk.Disk;
import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.paxos.membership.Configuration;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Prints a log segment for people: its header and every record up to the first that is not intact.
 */
public final class LogInspector {
  private LogInspector() {}

  /**
   * Prints one segment. Changes nothing, and works on the log of a running server.
   *
   * @param disk where the file is
   * @param path of the segment
   * @param lines takes the text, line by line; payloads are shown by their length only
   */
  public static void print(Disk disk, String path, Consumer<String> lines) throws IOException {
    try (DiskFile file = disk.open(path)) {
      SegmentReader reader = new SegmentReader(file);
      SegmentHeader header = reader.header();
      lines.accept("%s: %d bytes".formatted(path, file.size()));
      if (header == null) {
        lines.accept("no segment header: a spare, or damaged");
        return;
      }
      lines.accept(
          "segment %d of %s, universe %s, first batch %d"
              .formatted(
                  header.segment(), header.server(), header.universe(), header.firstSequence()));
      printFrames(reader, header, lines);
    }
  }

  private static void printFrames(
      SegmentReader reader, SegmentHeader header, Consumer<String> lines) throws IOException {
    int offset = SegmentHeader.BYTES;
    long sequence = header.firstSequence();
    Frame frame = reader.frame(header.segment(), offset);
    while (frame != null && frame.sequence() == sequence) {
      lines.accept(
          "%10d  batch %d, %d bytes, batches before %d were durable"
              .formatted(offset, sequence, frame.position().bytes(), frame.durable()));
      for (LogRecord each : RecordCodec.decode(frame.body())) {
        lines.accept("            " + describe(each));
      }
      offset += frame.position().bytes();
      sequence++;
      frame = reader.frame(header.segment(), offset);
    }
    Frame proof = reader.proofBehind(header.segment(), offset, sequence);
    lines.accept(
        proof == null
            ? "%10d  end".formatted(offset)
            : "%10d  damaged: batch %d at %d was written when this one was durable"
                .formatted(offset, proof.sequence(), proof.position().offset()));
  }

  private static String describe(LogRecord entry) {
    return switch (entry) {
      case LogRecord.Append(var group, var e) ->
          "%s entry %d, ballot %s, %s, %s, %d bytes"
              .formatted(group, e.index(), e.ballot(), e.kind(), e.timestamp(), e.payload().size());
      case LogRecord.Restamp(var group, var ballot, long from, long to) ->
          "%s entries %d to %d now have ballot %s".formatted(group, from, to, ballot);
      case LogRecord.CutSuffix(var group, long lastKept) ->
          "%s entries above %d are cut".formatted(group, lastKept);
      case LogRecord.CutPrefix(var group, long lastDropped, var ballot) ->
          "%s checkpoint at %d, ballot %s".formatted(group, lastDropped, ballot);
      case LogRecord.Promise(var group, var ballot) -> "%s promise %s".formatted(group, ballot);
      case LogRecord.Commit(var group, long index) -> "%s chosen up to %d".formatted(group, index);
      case LogRecord.Members(var group, long index, var configuration) ->
          "%s members from %d on: %s".formatted(group, index, Configuration.decode(configuration));
      case LogRecord.VoteFloor(var group, var ballot, long index) ->
          "%s a former replica's log reached %d, ballot %s".formatted(group, index, ballot);
      case LogRecord.Closed(var group) -> group + " has no replica here any more";
      case LogRecord.LeaseBound(var bound) -> "longest lease " + bound;
      case LogRecord.TimeMark(var mark) -> "time has passed " + mark;
    };
  }
}
