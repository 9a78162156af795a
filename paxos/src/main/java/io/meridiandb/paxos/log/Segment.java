package io.meridiandb.paxos.log;

import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.id.GroupId;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A segment in use, and what the groups still need of it. Lives on the log's strand. */
final class Segment {
  final long id;
  final DiskFile file;
  final long bytes;

  /** Where the next frame goes. */
  int end;

  /** For each group the highest index that a record in here speaks of. */
  final SortedMap<GroupId, Long> lastIndexes = new TreeMap<>();

  Segment(long id, DiskFile file, int end) throws IOException {
    this.id = id;
    this.file = file;
    this.bytes = file.size();
    this.end = end;
  }

  boolean fits(long frameBytes) {
    return end + frameBytes <= bytes;
  }

  void speaksOf(GroupId group, long index) {
    lastIndexes.merge(group, index, Math::max);
  }

  /** Whether every index spoken of in here lies behind the checkpoint of its group. */
  boolean behindCheckpoints(HardState hard) {
    for (Map.Entry<GroupId, Long> each : lastIndexes.entrySet()) {
      if (hard.baseIndex(each.getKey()) < each.getValue()) {
        return false;
      }
    }
    return true;
  }
}
