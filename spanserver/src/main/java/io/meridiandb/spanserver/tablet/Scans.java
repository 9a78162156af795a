package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import io.meridiandb.row.key.KeyRange;
import io.meridiandb.txn.participant.VersionStore.Version;
import io.meridiandb.txn.participant.VersionStore.Visitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Walks over the versions of a held view. */
final class Scans {
  /** A part of an export looks at so many versions at most, so that it does not take long. */
  static final int EXPORT_VERSIONS_MAX = 20_000;

  private Scans() {}

  /** Shows the newest version at or before {@code at} of each key. */
  static void scan(View view, KeyRange range, boolean reverse, Timestamp at, Visitor visitor) {
    Key end = range.end();
    MergedVersions versions =
        view.range(
            VersionedKey.before(range.start()),
            end == null ? null : VersionedKey.before(end),
            reverse);
    if (reverse) {
      backward(versions, at.nanos(), visitor);
    } else {
      forward(versions, at.nanos(), visitor);
    }
  }

  private static void forward(MergedVersions versions, long at, Visitor visitor) {
    byte[] shown = null;
    while (versions.hasNext()) {
      Map.Entry<VersionedKey, byte[]> each = versions.next();
      VersionedKey key = each.getKey();
      if (key.nanos <= at && (shown == null || !key.sameKey(shown))) {
        shown = key.key;
        if (!visitor.visit(Key.of(key.key), version(each))) {
          return;
        }
      }
    }
  }

  /** Backwards the versions of a key come oldest first: the last one in time is the one to show. */
  private static void backward(MergedVersions versions, long at, Visitor visitor) {
    Map.Entry<VersionedKey, byte[]> best = null;
    while (versions.hasNext()) {
      Map.Entry<VersionedKey, byte[]> each = versions.next();
      VersionedKey key = each.getKey();
      if (best != null && !key.sameKey(best.getKey().key)) {
        if (!visitor.visit(Key.of(best.getKey().key), version(best))) {
          return;
        }
        best = null;
      }
      if (key.nanos <= at) {
        best = each;
      }
    }
    if (best != null) {
      visitor.visit(Key.of(best.getKey().key), version(best));
    }
  }

  static Version version(Map.Entry<VersionedKey, byte[]> entry) {
    byte[] value = entry.getValue();
    return new Version(entry.getKey().timestamp(), value.length == 0 ? null : value);
  }

  /** Which versions an export wants: those in (after, to]. */
  record Window(Timestamp after, Timestamp to) {
    boolean touches(FileInfo file) {
      return file.newest().isAfter(after) && !file.oldest().isAfter(to);
    }

    boolean contains(VersionedKey key) {
      return key.nanos > after.nanos() && key.nanos <= to.nanos();
    }
  }

  /** One part of an export; see {@link Tablet#exportVersions}. */
  static VersionChunk export(
      View view, KeyRange range, Window window, VersionChunk.@Nullable Cursor from, long bytesMax) {
    Key end = range.end();
    VersionedKey to = end == null ? null : VersionedKey.before(end);
    if (from != null) {
      to = VersionedKey.of(from.key(), from.timestamp());
    }
    MergedVersions versions =
        view.range(VersionedKey.before(range.start()), to, true, window::touches);
    List<VersionWrite> part = new ArrayList<>();
    VersionedKey last = null;
    long bytes = 0;
    for (int left = EXPORT_VERSIONS_MAX; left > 0 && bytes < bytesMax; left--) {
      if (!versions.hasNext()) {
        return new VersionChunk(part, null, view.horizon);
      }
      Map.Entry<VersionedKey, byte[]> each = versions.next();
      last = each.getKey();
      if (window.contains(last)) {
        byte[] value = each.getValue();
        part.add(
            new VersionWrite(Key.of(last.key), last.timestamp(), value.length == 0 ? null : value));
        bytes += last.key.length + value.length + FileBuilder.VERSION_OVERHEAD_BYTES;
      }
    }
    if (last == null || !versions.hasNext()) {
      return new VersionChunk(part, null, view.horizon);
    }
    return new VersionChunk(
        part, new VersionChunk.Cursor(Key.of(last.key), last.timestamp()), view.horizon);
  }

  /** What the view shows of a range at a timestamp. */
  static RangeChecksum checksum(View view, KeyRange range, Timestamp at) {
    RangeChecksum.Sum sum = new RangeChecksum.Sum();
    scan(
        view,
        range,
        false,
        at,
        (key, version) -> {
          byte[] value = version.value();
          if (value != null) {
            sum.add(key, version.timestamp(), value);
          }
          return true;
        });
    return sum.result();
  }
}
